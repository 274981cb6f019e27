#!/bin/sh
# Make the root filesystem of a machine that is RHEL 7's in names, files and tools, out of Debian's packages, as
# DIR/root.tar: GRUB and dracut under /boot as RHEL has them, its os-release, mdadm.conf and mkinitrd.
# usage: root.sh DIR GRUB-TREE
set -eu
here=$(dirname "$(realpath "$0")")
. "$here/../../base/root.sh"

system() {
	root=$1 grub=$2
	configure "$root"
	kernel=$(basename "$root"/lib/modules/*)
	chroot "$root" apt-get install -y --no-install-recommends lvm2 mdadm

	# The names. Debian's mdadm reads /etc/mdadm.conf where it has no other.
	rm "$root/etc/os-release" "$root/etc/debian_version" "$root/etc/mdadm/mdadm.conf"
	cat > "$root/usr/lib/os-release" <<-EOF
		NAME="Red Hat Enterprise Linux Server"
		VERSION="7.2 (Maipo)"
		ID="rhel"
		ID_LIKE="fedora"
		VERSION_ID="7.2"
		PRETTY_NAME="Red Hat Enterprise Linux Server 7.2 (Maipo)"
	EOF
	ln -s ../usr/lib/os-release "$root/etc/os-release"
	echo 'Red Hat Enterprise Linux Server release 7.2 (Maipo)' > "$root/etc/redhat-release"
	cat > "$root/etc/fstab" <<-EOF
		/dev/mapper/$VG-root / xfs defaults 0 0
		UUID=$OLD_BOOT_UUID /boot xfs defaults 0 0
		/dev/mapper/$VG-swap swap swap defaults 0 0
	EOF

	# GRUB: the menu of RHEL 7 has linux16 and initrd16, no submenu, and the saved entry first.
	tar -C "$grub" -c . | tar -C "$root" -x --no-same-owner --no-overwrite-dir
	sed -i 's/^\([[:space:]]*\)linux\t\${rel_dirname}/\1linux16 ${rel_dirname}/; s/^\([[:space:]]*\)initrd\t/\1initrd16 /' \
		"$root/etc/grub.d/10_linux"
	mkdir -p "$root/boot/grub2" "$root/etc/sysconfig"
	ln -s ../boot/grub2/grub.cfg "$root/etc/grub2.cfg"
	ln -s ../default/grub "$root/etc/sysconfig/grub"
	cat > "$root/etc/default/grub" <<-EOF
		GRUB_TIMEOUT=1
		GRUB_DISTRIBUTOR="\$(sed 's, release .*\$,,g' /etc/system-release)"
		GRUB_DEFAULT=saved
		GRUB_DISABLE_SUBMENU=true
		GRUB_TERMINAL_OUTPUT="console"
		GRUB_CMDLINE_LINUX="rd.md.uuid=$ARRAY_UUID rd.lvm.lv=$VG/root rd.lvm.lv=$VG/swap console=ttyS0 mitigations=off"
		GRUB_DISABLE_RECOVERY="true"
	EOF
	ln -s redhat-release "$root/etc/system-release"
	chroot "$root" grub2-editenv /boot/grub2/grubenv create

	# dracut as RHEL sets it up (01-dist.conf); what is left out has nothing to do with storage and takes its time.
	rm -f "$root"/boot/initrd.img-* "$root/etc/kernel/postinst.d/dracut" "$root/etc/kernel/postrm.d/dracut"
	mkdir -p "$root/usr/lib/dracut/dracut.conf.d"
	rm -f "$root"/usr/lib/dracut/dracut.conf.d/* "$root"/etc/dracut.conf.d/*
	cat > "$root/usr/lib/dracut/dracut.conf.d/01-dist.conf" <<-EOF
		# RHEL 7's: dracut.conf.d/fedora.conf.example of dracut 033
		i18n_default_font="latarcyrheb-sun16"
		omit_drivers+=" .*/fs/ocfs2/.* "
		stdloglvl=3
		hostonly="yes"
		hostonly_cmdline="no"
		early_microcode="no"
		reproducible="no"
	EOF
	cat > "$root/etc/dracut.conf.d/lab.conf" <<-EOF
		omit_dracutmodules+=" i18n plymouth crypt bash nss-softokn network network-manager ifcfg nfs dmsquash-live terminfo systemd-networkd systemd-resolved systemd-timesyncd "
		compress="gzip -n -1"
	EOF
	# The wrapper that dracut shipped until 052 (mkinitrd-dracut.sh), as far as it is used: mkinitrd [-f] IMAGE KERNEL
	cat > "$root/usr/sbin/mkinitrd" <<-'EOF'
		#!/bin/bash
		force=
		while [[ ${1-} == -* ]]; do
			case $1 in
			-f | --force) force=-f ;;
			-v | --verbose) ;;
			*) echo "mkinitrd: unknown option $1" >&2; exit 1 ;;
			esac
			shift
		done
		[[ $# == 2 ]] || { echo "usage: mkinitrd [-f] [-v] <initrd-image> <kernel-version>" >&2; exit 1; }
		exec dracut $force "$1" "$2"
	EOF
	chmod 755 "$root/usr/sbin/mkinitrd"

	# The rescue entry: a copy of the kernel, and an image for any machine (51-dracut-rescue.install).
	echo 7e5c0e0000004000800000000000e172 > "$root/etc/machine-id"
	rescue=0-rescue-$(cat "$root/etc/machine-id")
	cp "$root/boot/vmlinuz-$kernel" "$root/boot/vmlinuz-$rescue"
	chroot "$root" dracut --no-hostonly "/boot/initramfs-$rescue.img" "$kernel"
	clean "$root"
}

if [ "${2:-}" = customize ]; then
	system "$4" "$3"
	exit
fi
bootstrap "$1" dracut,file,libfreetype6,libdevmapper1.02.1,gettext-base "$0 $1 customize $2 \"\$1\""
