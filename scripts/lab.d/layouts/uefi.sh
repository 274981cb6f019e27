# like story
# A machine that UEFI starts: GPT, on each disk an ESP of its own, a half of /boot's array, and a physical volume under
# raid1 volumes. Made at once on both disks, as an installer does it.

ESP_MIB=64
ESP_A=E5BA0001
ESP_B=E5BB0002

make_machine() {
	for disk in "$A" "$B"; do
		printf 'label: gpt\nsize=%sMiB, type=uefi\nsize=%sMiB, type=raid\ntype=lvm\n' $ESP_MIB $BOOT_MIB | sfdisk -q "$disk"
	done
	settle
	mkfs.vfat -F 32 -i $ESP_A "${A}1"
	mkfs.vfat -F 32 -i $ESP_B "${B}1"
	mdadm --quiet --create /dev/md0 --run --homehost=$HOST --name=0 --uuid=$ARRAY_UUID --level=1 \
		--metadata=1.2 --bitmap=none --raid-devices=2 "${A}2" "${B}2"
	mkfs_boot /dev/md0 $BOOT_UUID
	pvcreate -q "${A}3" "${B}3"
	vgcreate -q $VG "${A}3" "${B}3"
	lvcreate -q -y -W n --type raid1 -m 1 -L ${ROOT_MIB}M -n root $VG
	lvcreate -q -y -W n --type raid1 -m 1 -L ${SWAP_MIB}M -n swap $VG
	settle
	mkfs_root /dev/$VG/root $ROOT_UUID
	mkswap -U $SWAP_UUID /dev/$VG/swap
	# Without nofail a machine that lost the disk with this ESP would stop for it.
	unpack <<-EOF
		/dev/mapper/$VG-root / ext4 errors=remount-ro 0 1
		UUID=$BOOT_UUID /boot xfs defaults 0 0
		UUID=$(echo $ESP_A | sed 's/..../&-/') /boot/efi vfat umask=0077,nofail 0 1
		/dev/mapper/$VG-swap none swap sw 0 0
	EOF
	mkdir -p $T/boot/efi
	make_bootable "${B}1" "${A}1"
	efibootmgr -v
}
