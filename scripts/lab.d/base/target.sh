# Shell functions for jobs that handle the target by hand: build and faults.
# $A and $B are its disks, $T is where its root is mounted.
set -eu
. /job/story.env
. /job/disks
A=${a:-} B=${b:-} T=/target
BEFORE=/job/before
export LC_ALL=C A B T BEFORE

settle() { udevadm settle; }

bind() {
	for dir in dev proc sys run; do
		mount --rbind /$dir $T/$dir
		mount --make-rslave $T/$dir
	done
}

unbind() {
	for dir in dev proc sys run; do
		umount -R $T/$dir
	done
}

in_target() { chroot $T env PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"; }

# Wait for the end of everything that still copies.
synced() {
	until [ -z "$(grep -E 'resync|recovery' /proc/mdstat)" ]; do
		sleep 1
	done
	until ! lvs --noheadings -o sync_percent $VG 2> /dev/null | grep -qv '100.00\|^ *$'; do
		sleep 1
	done
}

# The same table of two partitions on both disks, the first one for /boot: two_halves TYPE TYPE
two_halves() {
	for disk in "$A" "$B"; do
		printf 'label: dos\nsize=%sMiB, type=%s, bootable\ntype=%s\n' $BOOT_MIB "$1" "$2" | sfdisk -q "$disk"
	done
	settle
}

# A mirror of two halves: array NUMBER METADATA UUID HALF HALF
array() {
	case $2 in
	0.90) name= ;; # it has no room for one
	*) name="--homehost=$HOST --name=$1" ;;
	esac
	# shellcheck disable=SC2086 # two words or none
	mdadm --quiet --create /dev/md$1 --run $name --uuid="$3" --level=1 --metadata="$2" --bitmap=none --raid-devices=2 \
		"$4" "$5"
}

# A physical volume on a device, and in its group root and swap, linear: volume_group DEVICE
volume_group() {
	pvcreate -q "$1"
	vgcreate -q $VG "$1"
	lvcreate -q -W n -L ${ROOT_MIB}M -n root $VG
	lvcreate -q -W n -L ${SWAP_MIB}M -n swap $VG
	settle
	mkfs.ext4 -q -U $ROOT_UUID /dev/$VG/root
	mkswap -U $SWAP_UUID /dev/$VG/swap
}

mount_target() {
	mkdir -p $T
	mount ${ROOT_OPTIONS-} $ROOT $T
	mkdir -p $T/boot
	[ -z "$BOOT" ] || mount $BOOT $T/boot
}

# The system into what is mounted, and its fstab from standard input.
unpack() {
	mount_target
	tar -C $T -xf /job/root.tar
	cat > $T/etc/fstab
	bind
	mkdir -p /out/before
	image_before /out/before/image
}

# All that boots it, on both disks or where else GRUB goes, once nothing copies any more: make_bootable [WHERE…]
make_bootable() {
	find_arrays > /out/mdadm.conf
	cp /out/mdadm.conf $T$MDADM_CONF
	synced
	make_images
	make_menu
	[ $# -gt 0 ] || set -- "$A" "$B"
	for place; do
		put_grub "$place"
	done
	remember_disks
	blkid
	cat /proc/mdstat
	fstrim -v $T || :
}

open_target() {
	open_storage
	settle
	mount_target
	bind
}

close_target() {
	unbind
	umount -R $T
	synced
	close_storage
	settle
}

# The words of this machine: make_machine, open_storage, close_storage, $ROOT and $BOOT of its layout, the rest of its
# family.
. /job/family.sh
. /job/layout.sh
