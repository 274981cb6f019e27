#!/bin/sh
# Make the root filesystem of the SUSE shaped machine in a chroot of the host, as DIR/root.tar, and an initramfs from the
# time before its root was on an array, as DIR/before/initrd.
# usage: root.sh DIR GRUB-TREE
set -eu
here=$(dirname "$(realpath "$0")")
. "$here/../../base/grub2.sh"

# suse ROOT GRUB-TREE
suse() {
	root=$1
	configure "$root"
	kernel=$(basename "$root"/lib/modules/*)
	chroot "$root" apt-get install -y --no-install-recommends mdadm btrfs-progs
	name_release "$root" sles suse 15.5

	# GRUB, as YaST leaves its settings.
	put_grub2 "$root" "$2" <<-EOF
		GRUB_DISTRIBUTOR=SLES
		GRUB_DEFAULT=saved
		GRUB_TIMEOUT=1
		GRUB_CMDLINE_LINUX_DEFAULT="mitigations=off"
		GRUB_CMDLINE_LINUX="$PATIENCE console=ttyS0"
		GRUB_TERMINAL=console
		SUSE_BTRFS_SNAPSHOT_BOOTING="true"
	EOF
	chroot "$root" grub2-editenv /boot/grub2/grubenv create
	ln -s "vmlinuz-$kernel" "$root/boot/vmlinuz"
	ln -s "initrd-$kernel" "$root/boot/initrd"

	# 01-dist.conf of SUSE's dracut 055: the words that open the root are in the image, not in the menu.
	bare_dracut "$root"
	cat > "$root/usr/lib/dracut/dracut.conf.d/01-dist.conf" <<-EOF
		hostonly="yes"
		hostonly_cmdline="yes"
		persistent_policy="by-uuid"
		compress="zstd -q -1"
	EOF
	mkdir -p "$out/before"
	chroot "$root" dracut --no-hostonly --omit "mdraid lvm dm" /boot/initrd-before "$kernel"
	mv "$root/boot/initrd-before" "$out/before/initrd"
	clean "$root"
}

out=$1
if [ "${2:-}" = customize ]; then
	suse "$4" "$3"
	exit
fi
bootstrap "$out" "$PACKAGES" "$0 $out customize $2 \"\$1\""
