# Shell for the roots that are RHEL's in names, files and tools, out of Debian's packages. Sourced with $here set to
# the folder of the release, which has release.sh: $PRETTY, $VERSION, $NAME, and the functions menu and image_rules.
. "$here/../../base/root.sh"
. "$here/release.sh"
MACHINE_ID=7e5c0e0000004000800000000000e172
# dracut waits three minutes for a root that does not come, a quarter of an hour under emulation: here it waits less.
ARGUMENTS="rd.retry=30 rd.md.uuid=$ARRAY_UUID rd.lvm.lv=$VG/root rd.lvm.lv=$VG/swap console=ttyS0 mitigations=off"

# redhat ROOT GRUB-TREE
redhat() {
	root=$1 grub=$2
	configure "$root"
	kernel=$(basename "$root"/lib/modules/*)
	chroot "$root" apt-get install -y --no-install-recommends lvm2 mdadm

	# The names. Debian's mdadm reads /etc/mdadm.conf where it has no other.
	rm "$root/etc/os-release" "$root/etc/debian_version" "$root/etc/mdadm/mdadm.conf"
	cat > "$root/usr/lib/os-release" <<-EOF
		NAME="$NAME"
		VERSION="$VERSION"
		ID="rhel"
		ID_LIKE="fedora"
		VERSION_ID="${VERSION%% *}"
		PRETTY_NAME="$NAME $VERSION"
	EOF
	ln -s ../usr/lib/os-release "$root/etc/os-release"
	echo "$NAME release $VERSION" > "$root/etc/redhat-release"
	ln -s redhat-release "$root/etc/system-release"
	echo $MACHINE_ID > "$root/etc/machine-id"
	cat > "$root/etc/fstab" <<-EOF
		/dev/mapper/$VG-root / xfs defaults 0 0
		UUID=$OLD_BOOT_UUID /boot xfs defaults 0 0
		/dev/mapper/$VG-swap swap swap defaults 0 0
	EOF

	# GRUB, as anaconda leaves its settings.
	tar -C "$grub" -c . | tar -C "$root" -x --no-same-owner --no-overwrite-dir
	mkdir -p "$root/boot/grub2" "$root/etc/sysconfig"
	ln -s ../boot/grub2/grub.cfg "$root/etc/grub2.cfg"
	ln -s ../default/grub "$root/etc/sysconfig/grub"
	cat > "$root/etc/default/grub" <<-EOF
		GRUB_TIMEOUT=1
		GRUB_DISTRIBUTOR="\$(sed 's, release .*\$,,g' /etc/system-release)"
		GRUB_DEFAULT=saved
		GRUB_DISABLE_SUBMENU=true
		GRUB_TERMINAL_OUTPUT="console"
		GRUB_CMDLINE_LINUX="$ARGUMENTS"
		GRUB_DISABLE_RECOVERY="true"
	EOF
	chroot "$root" grub2-editenv /boot/grub2/grubenv create
	menu "$root" "$kernel"

	# dracut as RHEL sets it up; what is left out has nothing to do with storage and takes its time.
	rm -f "$root"/boot/initrd.img-* "$root/etc/kernel/postinst.d/dracut" "$root/etc/kernel/postrm.d/dracut"
	rm -f "$root"/usr/lib/dracut/dracut.conf.d/* "$root"/etc/dracut.conf.d/*
	mkdir -p "$root/usr/lib/dracut/dracut.conf.d"
	image_rules "$root"
	cat > "$root/etc/dracut.conf.d/lab.conf" <<-EOF
		omit_dracutmodules+=" i18n plymouth crypt bash nss-softokn network network-manager ifcfg nfs dmsquash-live terminfo systemd-networkd systemd-resolved systemd-timesyncd "
	EOF

	# The rescue entry: a copy of the kernel, and an image for any machine (51-dracut-rescue.install).
	rescue=0-rescue-$MACHINE_ID
	cp "$root/boot/vmlinuz-$kernel" "$root/boot/vmlinuz-$rescue"
	chroot "$root" dracut --no-hostonly "/boot/initramfs-$rescue.img" "$kernel"
	clean "$root"
}

if [ "${2:-}" = customize ]; then
	redhat "$4" "$3"
	exit
fi
bootstrap "$1" dracut,file,libfreetype6,libdevmapper1.02.1,gettext-base "$0 $1 customize $2 \"\$1\""
