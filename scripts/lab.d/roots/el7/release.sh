# What is RHEL 7's own.
NAME='Red Hat Enterprise Linux Server'
VERSION='7.2 (Maipo)'

# The menu of RHEL 7 has linux16 and initrd16: menu ROOT KERNEL
menu() {
	sed -i 's/^\([[:space:]]*\)linux\t\${rel_dirname}/\1linux16 ${rel_dirname}/; s/^\([[:space:]]*\)initrd\t/\1initrd16 /' \
		"$1/etc/grub.d/10_linux"
}

# dracut.conf.d/fedora.conf.example of dracut 033, which RHEL 7 has as 01-dist.conf; and the wrapper that dracut shipped
# until 052 (mkinitrd-dracut.sh), as far as it is used: mkinitrd [-f] IMAGE KERNEL
image_rules() {
	cat > "$1/usr/lib/dracut/dracut.conf.d/01-dist.conf" <<-EOF
		i18n_default_font="latarcyrheb-sun16"
		omit_drivers+=" .*/fs/ocfs2/.* "
		stdloglvl=3
		hostonly="yes"
		hostonly_cmdline="no"
		early_microcode="no"
		reproducible="no"
		compress="gzip -n -1"
	EOF
	cat > "$1/usr/sbin/mkinitrd" <<-'EOF'
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
	chmod 755 "$1/usr/sbin/mkinitrd"
}
