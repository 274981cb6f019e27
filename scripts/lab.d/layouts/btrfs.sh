# Root on a btrfs of both disks (raid1), in Debian's subvolume @rootfs; /boot on an array of metadata 0.90 with ext4.
SUBVOLUME=@rootfs
ROOT=${A}2 ROOT_OPTIONS="-o subvol=$SUBVOLUME" BOOT=/dev/md0

make_machine() {
	modprobe btrfs
	two_halves fd 83
	array 0 0.90 $ARRAY_UUID "${A}1" "${B}1"
	mkfs.ext4 -q -U $BOOT_UUID /dev/md0
	mkfs.btrfs -q -U $ROOT_UUID -d raid1 -m raid1 "${A}2" "${B}2"
	mkdir -p $T
	mount "${A}2" $T
	btrfs -q subvolume create $T/$SUBVOLUME
	umount $T
	unpack <<-EOF
		UUID=$ROOT_UUID / btrfs defaults,subvol=$SUBVOLUME 0 0
		UUID=$BOOT_UUID /boot ext4 defaults 0 2
	EOF
	echo btrfs >> $T/etc/initramfs-tools/modules
	resume_from none
	make_bootable
}

open_storage() {
	mdadm --quiet --assemble --run /dev/md0 --uuid=$ARRAY_UUID
	modprobe btrfs
	btrfs device scan "${A}2" "${B}2"
}

close_storage() { mdadm --quiet --stop /dev/md0; }
