# /boot on an array of metadata 1.0 with ext4; a physical volume on another array, root and swap linear volumes of it.
SYSTEM_ARRAY_UUID=6d1e2f30:8a4b4c5d:9e0f1a2b:3c4d5e71
ROOT=/dev/mapper/$VG-root BOOT=/dev/md0
PV=/dev/md1

# What may lie between the array and the physical volume.
make_container() { :; }
open_container() { :; }
close_container() { :; }
name_container() { :; }

make_machine() {
	two_halves fd fd
	array 0 1.0 $ARRAY_UUID "${A}1" "${B}1"
	array 1 1.2 $SYSTEM_ARRAY_UUID "${A}2" "${B}2"
	mkfs.ext4 -q -U $BOOT_UUID /dev/md0
	make_container
	volume_group $PV
	unpack <<-EOF
		/dev/mapper/$VG-root / ext4 errors=remount-ro 0 1
		UUID=$BOOT_UUID /boot ext4 defaults 0 2
		/dev/mapper/$VG-swap none swap sw 0 0
	EOF
	name_container
	make_bootable
}

open_storage() {
	mdadm --quiet --assemble --run /dev/md0 --uuid=$ARRAY_UUID
	mdadm --quiet --assemble --run /dev/md1 --uuid=$SYSTEM_ARRAY_UUID
	open_container
	vgchange --quiet -ay $VG
}

close_storage() {
	vgchange --quiet -an $VG
	close_container
	mdadm --quiet --stop /dev/md0 /dev/md1
}
