#!/bin/sh
# Make the root filesystem of the story's machine in a chroot of the host, as DIR/root.tar,
# and the initramfs from the time before root was on LVM, as DIR/before/initrd.img.
# usage: root.sh DIR
set -eu
here=$(dirname "$(realpath "$0")")
. "$here/story.env"
out=$1
export DEBIAN_FRONTEND=noninteractive LC_ALL=C

# initramfs-tools is told a short module list so that an image is rebuilt in
# seconds under emulation; the hooks of mdadm and lvm2 add theirs as ever.
configure() {
	root=$1
	echo $HOST > "$root/etc/hostname"
	printf '127.0.0.1 localhost\n127.0.1.1 %s\n' $HOST > "$root/etc/hosts"
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
	install -m 755 "$here/arrived" "$root/usr/local/sbin/lab-arrived"
	install -m 644 "$here/lab-arrived.service" "$root/etc/systemd/system/"
	mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
	ln -s ../lab-arrived.service "$root/etc/systemd/system/multi-user.target.wants/"
	ln -s /lib/systemd/system/multi-user.target "$root/etc/systemd/system/default.target"
	# A machine that is only watched booting needs no timers.
	for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer \
		e2scrub_reap.service fstrim.timer mdcheck_start.timer mdcheck_continue.timer; do
		ln -sf /dev/null "$root/etc/systemd/system/$unit"
	done
}

# The root before the move: no lvm2, no mdadm, and the image that fits it.
before_the_move() {
	root=$1
	configure "$root"
	chroot "$root" update-initramfs -u -k all
	mkdir -p "$out/before"
	cp "$root"/boot/initrd.img-* "$out/before/initrd.img"
}

# The root of today. mdadm.conf is what mkconf will write on the machine.
after_the_move() {
	root=$1
	chroot "$root" apt-get install -y --no-install-recommends lvm2 mdadm
	conf=$root/etc/mdadm/mdadm.conf
	sed -i '/^ARRAY/d; /^# This configuration was auto-generated/d' "$conf"
	echo "ARRAY /dev/md/0  metadata=1.2 UUID=$ARRAY_UUID name=$HOST:0" >> "$conf"
	echo "RESUME=/dev/mapper/$VG-swap" > "$root/etc/initramfs-tools/conf.d/resume"
	chroot "$root" update-initramfs -u -k all
	rm -f "$root"/boot/*.old-dkms "$root"/var/log/*.log
	rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin
}

case ${2:-} in
before) before_the_move "$3"; exit ;;
after) after_the_move "$3"; exit ;;
esac

mmdebstrap --quiet --mode=root --variant=minbase \
	--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
	--dpkgopt='path-exclude=/usr/share/locale/*' \
	--include=systemd-sysv,udev,dbus,kmod,linux-image-cloud-amd64,initramfs-tools,zstd \
	--include=e2fsprogs,xfsprogs,grub-pc,login,passwd,procps,debconf-utils \
	--customize-hook="$0 $out before \"\$1\"" \
	--customize-hook="$0 $out after \"\$1\"" \
	bookworm "$out/root.tar" http://deb.debian.org/debian
