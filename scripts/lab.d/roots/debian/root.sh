#!/bin/sh
# Make the root filesystem of Debian's machines in a chroot of the host, as DIR/root.tar,
# and the initramfs from the time before root was on LVM, as DIR/before/initrd.img.
# usage: root.sh DIR
set -eu
here=$(dirname "$(realpath "$0")")
. "$here/../../base/root.sh"
out=$1

# initramfs-tools is told a short module list so that an image is rebuilt in
# seconds under emulation; the hooks of mdadm and lvm2 add theirs as ever.
configure_debian() {
	root=$1
	configure "$root"
	cat > "$root/etc/initramfs-tools/conf.d/lab" <<-EOF
		MODULES=list
		COMPRESS=zstd
		COMPRESSLEVEL=1
	EOF
	printf '%s\n' virtio_pci virtio_scsi sd_mod ext4 crc32c_generic > "$root/etc/initramfs-tools/modules"
	cat > "$root/etc/fstab" <<-EOF
		# <file system> <mount point> <type> <options> <dump> <pass>
		/dev/mapper/$VG-root / ext4 errors=remount-ro 0 1
		UUID=$OLD_BOOT_UUID /boot xfs defaults 0 0
		/dev/mapper/$VG-swap none swap sw 0 0
	EOF
	cat > "$root/etc/default/grub" <<-EOF
		GRUB_DEFAULT=0
		GRUB_TIMEOUT=1
		GRUB_DISTRIBUTOR=\`lsb_release -i -s 2> /dev/null || echo Debian\`
		GRUB_CMDLINE_LINUX_DEFAULT=""
		GRUB_CMDLINE_LINUX="console=ttyS0 mitigations=off"
		GRUB_TERMINAL=console
	EOF
}

# The root before the move: no lvm2, no mdadm, and the image that fits it.
before_the_move() {
	root=$1
	configure_debian "$root"
	chroot "$root" update-initramfs -u -k all
	mkdir -p "$out/before"
	cp "$root"/boot/initrd.img-* "$out/before/initrd.img"
}

# The root of today. mdadm.conf is what mkconf will write on the machine.
after_the_move() {
	root=$1
	chroot "$root" apt-get install -y --no-install-recommends lvm2 mdadm $MORE_PACKAGES
	conf=$root/etc/mdadm/mdadm.conf
	sed -i '/^ARRAY/d; /^# This configuration was auto-generated/d' "$conf"
	echo "ARRAY /dev/md/0  metadata=1.2 UUID=$ARRAY_UUID name=$HOST:0" >> "$conf"
	echo "RESUME=/dev/mapper/$VG-swap" > "$root/etc/initramfs-tools/conf.d/resume"
	chroot "$root" update-initramfs -u -k all
	clean "$root"
}

case ${2:-} in
before) before_the_move "$3"; exit ;;
after) after_the_move "$3"; exit ;;
esac
# What machines like it have besides.
export GRUB_PACKAGES="${GRUB_PACKAGES:-grub-pc}" MORE_PACKAGES="${MORE_PACKAGES-}"
bootstrap "$out" "initramfs-tools,debconf-utils,$GRUB_PACKAGES" "$0 $out before \"\$1\"" "$0 $out after \"\$1\""
