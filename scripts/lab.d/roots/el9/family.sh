# like el7
# What is otherwise on the RHEL 9 shaped machine: XFS as it is made today, dracut by its own name, BLS entries.
mkfs_root() { mkfs.xfs -q -m uuid="$2" "$1"; }
mkfs_boot() { mkfs_root "$@"; }

make_images() {
	for tree in $T/lib/modules/*; do
		in_target dracut -f "/boot/initramfs-${tree##*/}.img" "${tree##*/}"
	done
}
make_menu() { in_target grub2-mkconfig --update-bls-cmdline -o /boot/grub2/grub.cfg; }

# LVM sees the physical volumes that its devices file lists.
remember_disks() {
	in_target lvm vgimportdevices $VG # Debian has no link for it
	cat $T/etc/lvm/devices/system.devices
}
