# like debian
# What is otherwise on Debian's machines that UEFI starts. The loaders go to the ESP that is named; the firmware's boot
# option for it is made where nothing has it yet: put_grub ESP
put_grub() {
	on_esp "$1" in_target grub-install --target=x86_64-efi --efi-directory=/boot/efi --bootloader-id=debian --no-nvram
	efibootmgr -q -c -d "$(lsblk -n -o PATH --nodeps "/dev/$(lsblk -n -o PKNAME "$1")")" -p 1 -L "debian on $1" -l '\EFI\debian\shimx64.efi'
}
remember_disks() { :; }

# A command while an ESP is mounted where this system has it: on_esp ESP COMMAND…
on_esp() {
	esp=$1
	shift
	mount "$esp" $T/boot/efi
	"$@"
	umount $T/boot/efi
}
