# What Debian's machines call things and how they make them: the words that layouts and faults use.
IMAGES='initrd.img-*'
GRUB=/boot/grub
MDADM_CONF=/etc/mdadm/mdadm.conf

mkfs_root() { mkfs.ext4 -q -U "$2" "$1"; }
mkfs_boot() { mkfs.xfs -q -m uuid="$2" "$1"; }
make_images() { in_target update-initramfs -u -k all; }
make_menu() { in_target update-grub; }
put_grub() { in_target grub-install "$1"; }
set_default() { in_target grub-set-default "$1"; }
find_arrays() { in_target /usr/share/mdadm/mkconf; }

# The image from before the move was made beside the root, without LVM: image_before FILE
image_before() { cp /job/before/initrd.img "$1"; }

# The disks that upgrades install GRUB on.
remember_disks() {
	in_target debconf-set-selections <<-EOF
		grub-pc grub-pc/install_devices multiselect $(for disk in a b; do
			printf '%s/dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_mirror-%s' "${comma-}" $disk
			comma=', '
		done)
	EOF
}

# Come up unattended with one disk of the mirror.
allow_degraded() {
	install -D -m 755 /job/bootmend-degraded $T/etc/initramfs-tools/scripts/local-block/bootmend-degraded
	make_images
}

# What the initramfs resumes from: resume_from SOURCE
resume_from() { echo "RESUME=$1" > $T/etc/initramfs-tools/conf.d/resume; }
