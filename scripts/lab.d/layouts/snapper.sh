# Root on btrfs, on an array of metadata 1.0, in the subvolumes that SUSE's installer makes: the default one is snapper's
# first snapshot, and /boot is a directory of it. Swap on another array.
SWAP_ARRAY_UUID=6d1e2f30:8a4b4c5d:9e0f1a2b:3c4d5e72
ROOT=/dev/md0 BOOT=

make_machine() {
	for disk in "$A" "$B"; do
		printf 'label: dos\nsize=1900MiB, type=fd, bootable\ntype=fd\n' | sfdisk -q "$disk"
	done
	settle
	array 0 1.0 $ARRAY_UUID "${A}1" "${B}1"
	array 1 1.0 $SWAP_ARRAY_UUID "${A}2" "${B}2"
	mkswap -U $SWAP_UUID /dev/md1
	modprobe btrfs
	mkfs.btrfs -q -U $ROOT_UUID /dev/md0
	mkdir -p $T
	mount /dev/md0 $T
	btrfs -q subvolume create $T/@
	btrfs -q subvolume create $T/@/.snapshots
	mkdir $T/@/.snapshots/1
	btrfs -q subvolume create $T/@/.snapshots/1/snapshot
	btrfs -q subvolume create $T/@/var
	btrfs subvolume set-default $T/@/.snapshots/1/snapshot
	umount $T
	unpack <<-EOF
		UUID=$ROOT_UUID / btrfs defaults 0 0
		UUID=$ROOT_UUID /var btrfs subvol=/@/var 0 0
		UUID=$ROOT_UUID /.snapshots btrfs subvol=/@/.snapshots 0 0
		UUID=$SWAP_UUID swap swap defaults 0 0
	EOF
	make_bootable
	# What snapper keeps of the system: a copy that is no system to boot from.
	mkdir $T/.snapshots/2
	btrfs -q subvolume snapshot -r $T $T/.snapshots/2/snapshot
}

mount_target() {
	mkdir -p $T
	mount $ROOT $T
	for name in var .snapshots; do
		mkdir -p $T/$name
		mount -o subvol=@/$name $ROOT $T/$name
	done
}

open_storage() {
	mdadm --quiet --assemble --run /dev/md0 --uuid=$ARRAY_UUID
	mdadm --quiet --assemble --run /dev/md1 --uuid=$SWAP_ARRAY_UUID
}

close_storage() { mdadm --quiet --stop /dev/md0 /dev/md1; }
