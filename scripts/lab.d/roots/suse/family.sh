# like el7
# What is otherwise on the SUSE shaped machine: dracut by its own name, the images' names, a list of GRUB's disks.
IMAGES='initrd-[1-9]*'

make_images() {
	for tree in $T/lib/modules/*; do
		in_target dracut -f "/boot/initrd-${tree##*/}" "${tree##*/}"
	done
}

# The image from before the move was made beside the root, without MD: image_before FILE
image_before() { cp /job/before/initrd "$1"; }

# The disks that upgrades install GRUB on.
remember_disks() {
	for disk in a b; do
		echo /dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_mirror-$disk
	done > $T/etc/default/grub_installdevice
}
