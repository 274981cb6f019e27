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

open_target() {
	mdadm --quiet --assemble --run /dev/md0 --uuid=$ARRAY_UUID
	vgchange --quiet -ay --activationmode degraded $VG
	settle
	mkdir -p $T
	mount /dev/mapper/$VG-root $T
	mount /dev/md0 $T/boot
	bind
}

close_target() {
	unbind
	umount $T/boot $T
	synced
	vgchange --quiet -an $VG
	mdadm --quiet --stop /dev/md0
	settle
}
