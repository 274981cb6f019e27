# What the SUSE shaped machine calls things and how it makes them: the words that layouts and faults use.
IMAGES='initrd-[1-9]*'
GRUB=/boot/grub2
MDADM_CONF=/etc/mdadm.conf

make_images() {
	for tree in $T/lib/modules/*; do
		in_target dracut -f "/boot/initrd-${tree##*/}" "${tree##*/}"
	done
}
make_menu() { in_target grub2-mkconfig -o /boot/grub2/grub.cfg; }
put_grub() { in_target grub2-install "$1"; }
set_default() { in_target grub2-set-default "$1"; }
find_arrays() { in_target mdadm --detail --scan; }

# The image from before the move was made beside the root, without MD: image_before FILE
image_before() { cp /job/before/initrd "$1"; }

# The disks that upgrades install GRUB on.
remember_disks() {
	for disk in a b; do
		echo /dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_mirror-$disk
	done > $T/etc/default/grub_installdevice
}

# dracut itself starts what is left of an array.
allow_degraded() { :; }
