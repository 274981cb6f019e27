# Shell for the roots that are RHEL's in names, files and tools. Sourced as grub2.sh is; release.sh has the functions menu
# and image_rules.
. "$here/../../base/grub2.sh"
ARGUMENTS="$PATIENCE rd.md.uuid=$ARRAY_UUID rd.lvm.lv=$VG/root rd.lvm.lv=$VG/swap console=ttyS0 mitigations=off"

# redhat ROOT GRUB-TREE
redhat() {
	root=$1
	configure "$root"
	kernel=$(basename "$root"/lib/modules/*)
	chroot "$root" apt-get install -y --no-install-recommends lvm2 mdadm

	name_release "$root" rhel fedora "${VERSION%% *}"
	echo "$NAME release $VERSION" > "$root/etc/redhat-release"
	ln -s redhat-release "$root/etc/system-release"
	cat > "$root/etc/fstab" <<-EOF
		/dev/mapper/$VG-root / xfs defaults 0 0
		UUID=$OLD_BOOT_UUID /boot xfs defaults 0 0
		/dev/mapper/$VG-swap swap swap defaults 0 0
	EOF

	# GRUB, as anaconda leaves its settings.
	put_grub2 "$root" "$2" <<-EOF
		GRUB_TIMEOUT=1
		GRUB_DISTRIBUTOR="\$(sed 's, release .*\$,,g' /etc/system-release)"
		GRUB_DEFAULT=saved
		GRUB_DISABLE_SUBMENU=true
		GRUB_TERMINAL_OUTPUT="console"
		GRUB_CMDLINE_LINUX="$ARGUMENTS"
		GRUB_DISABLE_RECOVERY="true"
	EOF
	ln -s ../boot/grub2/grub.cfg "$root/etc/grub2.cfg"
	ln -s ../default/grub "$root/etc/sysconfig/grub"
	chroot "$root" grub2-editenv /boot/grub2/grubenv create
	menu "$root" "$kernel"

	bare_dracut "$root"
	image_rules "$root"

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
bootstrap "$1" "$PACKAGES" "$0 $1 customize $2 \"\$1\""
