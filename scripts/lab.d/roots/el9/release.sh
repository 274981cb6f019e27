# What is RHEL 9's own.
NAME='Red Hat Enterprise Linux'
VERSION='9.4 (Plow)'

# Entries are files, and grub.cfg reads them with blscfg: menu ROOT KERNEL
# GRUB 2.14 reads /loader/entries of $root, RHEL's own blscfg /boot/loader/entries through $boot; with /boot on a
# filesystem of its own the two are one place.
menu() {
	root=$1 kernel=$2
	install -m 755 "$here/10_linux" "$root/etc/grub.d/10_linux"
	# Options that RHEL's grub2-mkconfig has and GRUB's own does not know.
	sed -i '/^    -\*)$/i\
    --no-grubenv-update) ;;\
    --update-bls-cmdline) export GRUB_UPDATE_BLS_CMDLINE=yes ;;' "$root/usr/sbin/grub2-mkconfig"
	mkdir -p "$root/boot/loader/entries" "$root/etc/kernel"
	echo "root=/dev/mapper/$VG-root ro $ARGUMENTS" > "$root/etc/kernel/cmdline"
	entry "$kernel" "$kernel"
	entry 0-rescue-$MACHINE_ID 0-rescue
	chroot "$root" grub2-editenv /boot/grub2/grubenv set saved_entry=$MACHINE_ID-"$kernel"
}

# entry VERSION NAME
entry() {
	cat > "$root/boot/loader/entries/$MACHINE_ID-$2.conf" <<-EOF
		title $NAME ($1) $VERSION
		version $1
		linux /vmlinuz-$1
		initrd /initramfs-$1.img
		options $(cat "$root/etc/kernel/cmdline")
		grub_users \$grub_users
		grub_arg --unrestricted
		grub_class rhel
	EOF
}

# 01-dist.conf of RHEL 9's dracut 057.
image_rules() {
	cat > "$1/usr/lib/dracut/dracut.conf.d/01-dist.conf" <<-EOF
		i18n_default_font="eurlatgr"
		omit_drivers+=" .*/fs/ocfs2/.* "
		hostonly="yes"
		hostonly_mode="sloppy"
		hostonly_cmdline="no"
		early_microcode="no"
		reproducible="yes"
		compress="zstd -q -1"
	EOF
	sed -i 's/^\([[:space:]]*\)# use_devicesfile = .*/\1use_devicesfile = 1/' "$1/etc/lvm/lvm.conf"
	grep -q '^[[:space:]]*use_devicesfile = 1' "$1/etc/lvm/lvm.conf"
}
