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

# The words of this machine: make_machine, open_target, close_target of its layout, the rest of its family.
. /job/family.sh
. /job/layout.sh
