# /boot on an array of metadata 1.0, ext4; on another array a LUKS container, in it the volume group with root and swap.
# The key is in the initramfs, so that the machine boots unattended.
SYSTEM_ARRAY_UUID=6d1e2f30:8a4b4c5d:9e0f1a2b:3c4d5e71
LUKS_UUID=10c5eed0-0000-4000-8000-00000000010c
ROOT=/dev/mapper/$VG-root BOOT=/dev/md0

make_machine() {
	for disk in "$A" "$B"; do
		printf 'label: dos\nsize=%sMiB, type=fd, bootable\ntype=fd\n' $BOOT_MIB | sfdisk -q "$disk"
	done
	settle
	array 0 1.0 $ARRAY_UUID "${A}1" "${B}1"
	array 1 1.2 $SYSTEM_ARRAY_UUID "${A}2" "${B}2"
	mkfs.ext4 -q -U $BOOT_UUID /dev/md0
	printf lab > /out/key
	# A machine without hardware for it unlocks in its own time; the cost of a guess is none of the lab's business.
	cryptsetup luksFormat -q --type luks2 --uuid $LUKS_UUID --pbkdf pbkdf2 --pbkdf-force-iterations 1000 /dev/md1 /out/key
	cryptsetup open --key-file /out/key /dev/md1 system
	volume_group /dev/mapper/system
	unpack <<-EOF
		/dev/mapper/$VG-root / ext4 errors=remount-ro 0 1
		UUID=$BOOT_UUID /boot ext4 defaults 0 2
		/dev/mapper/$VG-swap none swap sw 0 0
	EOF
	install -D -m 600 /out/key $T/etc/keys/system.key
	echo "system UUID=$LUKS_UUID /etc/keys/system.key luks,discard,initramfs" > $T/etc/crypttab
	echo 'KEYFILE_PATTERN=/etc/keys/*.key' >> $T/etc/cryptsetup-initramfs/conf-hook
	echo UMASK=0077 > $T/etc/initramfs-tools/conf.d/umask
	make_bootable
}

open_storage() {
	mdadm --quiet --assemble --run /dev/md0 --uuid=$ARRAY_UUID
	mdadm --quiet --assemble --run /dev/md1 --uuid=$SYSTEM_ARRAY_UUID
	printf lab | cryptsetup open --key-file - /dev/md1 system
	vgchange --quiet -ay $VG
}

close_storage() {
	vgchange --quiet -an $VG
	cryptsetup close system
	mdadm --quiet --stop /dev/md0 /dev/md1
}
