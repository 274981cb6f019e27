# What the RHEL 9 shaped machine calls things and how it makes them: the words that layouts and faults use.
IMAGES='initramfs-[1-9]*.img'
GRUB=/boot/grub2
MDADM_CONF=/etc/mdadm.conf

mkfs_root() { mkfs.xfs -q -m uuid="$2" "$1"; }
mkfs_boot() { mkfs.xfs -q -m uuid="$2" "$1"; }

make_images() {
	for tree in $T/lib/modules/*; do
		in_target dracut -f "/boot/initramfs-${tree##*/}.img" "${tree##*/}"
	done
}
make_menu() { in_target grub2-mkconfig --update-bls-cmdline -o /boot/grub2/grub.cfg; }
put_grub() { in_target grub2-install "$1"; }
set_default() { in_target grub2-set-default "$1"; }
find_arrays() { in_target mdadm --detail --scan; }

# The image that the server had when its root was a linear volume: image_before FILE
image_before() {
	make_images
	cp $T/boot/$IMAGES "$1"
}

# LVM sees the physical volumes that its devices file lists.
remember_disks() {
	in_target lvm vgimportdevices $VG # Debian has no link for it
	cat $T/etc/lvm/devices/system.devices
}
# dracut itself activates what is left of a mirror.
allow_degraded() { :; }
