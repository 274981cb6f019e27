# Shell for the roots that have GRUB as grub2-* and dracut, as RHEL and SUSE do, out of Debian's packages. Sourced with
# $here set to the folder of the release, which has release.sh: $NAME, $VERSION and the functions of their own.
. "$here/../../base/root.sh"
. "$here/release.sh"
PACKAGES=dracut,file,libfreetype6,libdevmapper1.02.1,gettext-base
MACHINE_ID=7e5c0e0000004000800000000000e172
# dracut waits three minutes for a root that does not come, a quarter of an hour under emulation: here it waits less.
PATIENCE="rd.retry=30"

# The release's names: name_release ROOT ID LIKE VERSION_ID
name_release() {
	root=$1
	# Debian's mdadm reads /etc/mdadm.conf where it has no other.
	rm "$root/etc/os-release" "$root/etc/debian_version" "$root/etc/mdadm/mdadm.conf"
	cat > "$root/usr/lib/os-release" <<-EOF
		NAME="$NAME"
		VERSION="$VERSION"
		ID="$2"
		ID_LIKE="$3"
		VERSION_ID="$4"
		PRETTY_NAME="$NAME $VERSION"
	EOF
	ln -s ../usr/lib/os-release "$root/etc/os-release"
	echo $MACHINE_ID > "$root/etc/machine-id"
}

# GRUB out of its tree, and /etc/default/grub from standard input: put_grub2 ROOT TREE
put_grub2() {
	tar -C "$2" -c . | tar -C "$1" -x --no-same-owner --no-overwrite-dir
	mkdir -p "$1/boot/grub2" "$1/etc/sysconfig"
	cat > "$1/etc/default/grub"
}

# dracut without Debian's rules; what is left out has nothing to do with storage and takes its time: bare_dracut ROOT
bare_dracut() {
	rm -f "$1"/boot/initrd.img-* "$1/etc/kernel/postinst.d/dracut" "$1/etc/kernel/postrm.d/dracut"
	rm -f "$1"/usr/lib/dracut/dracut.conf.d/* "$1"/etc/dracut.conf.d/*
	mkdir -p "$1/usr/lib/dracut/dracut.conf.d"
	cat > "$1/etc/dracut.conf.d/lab.conf" <<-EOF
		omit_dracutmodules+=" i18n plymouth crypt bash nss-softokn network network-manager ifcfg nfs dmsquash-live terminfo systemd-networkd systemd-resolved systemd-timesyncd "
	EOF
}
