# The story: a server on disk a alone becomes a mirror of a and b, /boot an array of two halves, root and swap volumes of
# the group on both. What the machine had before the move is kept for the faults, in /out/before.
ROOT=/dev/mapper/$VG-root BOOT=/dev/md0

make_machine() {

	# The server on one disk.
	printf 'label: dos\nsize=%sMiB, type=83, bootable\ntype=8e\n' $BOOT_MIB | sfdisk -q "$A"
	settle
	mkfs_boot "${A}1" $OLD_BOOT_UUID
	pvcreate -q "${A}2"
	vgcreate -q $VG "${A}2"
	lvcreate -q -W n -L ${ROOT_MIB}M -n root $VG
	lvcreate -q -W n -L ${SWAP_MIB}M -n swap $VG
	settle
	mkfs_root /dev/$VG/root $ROOT_UUID
	mkswap -U $SWAP_UUID /dev/$VG/swap
	mkdir -p $T
	mount /dev/$VG/root $T
	mkdir $T/boot
	mount "${A}1" $T/boot
	tar -C $T -xf /job/root.tar
	bind
	mkdir -p /out/before
	image_before /out/before/image
	put_grub "$A"
	make_menu

	dd if="$A" of=/out/before/gap.img bs=512 count=2048
	cp $T$GRUB/grub.cfg $T$GRUB/i386-pc/core.img $T/etc/fstab /out/before/

	# The second disk, and /boot on an array that has only its half as yet.
	sfdisk -q -d "$A" | sed 's/type=83/type=fd/; /label-id/d' | sfdisk -q "$B"
	settle
	mdadm --quiet --create /dev/md0 --run --homehost=$HOST --name=0 --uuid=$ARRAY_UUID --level=1 \
		--metadata=1.2 --bitmap=none --raid-devices=2 missing "${B}1"
	mkfs_boot /dev/md0 $BOOT_UUID
	mkdir /new
	mount /dev/md0 /new
	cp -a $T/boot/. /new/
	umount /new $T/boot
	mount /dev/md0 $T/boot

	# The files that name the storage, then the first disk's half.
	sed -i s/$OLD_BOOT_UUID/$BOOT_UUID/ $T/etc/fstab
	find_arrays > /out/mdadm.conf
	cp /out/mdadm.conf $T$MDADM_CONF
	sfdisk -q --part-type "$A" 1 fd
	mdadm --quiet --manage /dev/md0 --add "${A}1"

	# The volumes on both disks.
	pvcreate -q "${B}2"
	vgextend -q $VG "${B}2"
	lvconvert -q -y --type raid1 -m 1 $VG/root
	lvconvert -q -y --type raid1 -m 1 $VG/swap
	synced

	# What boots it.
	make_images
	make_menu
	put_grub "$A"
	put_grub "$B"
	remember_disks

	blkid "$A"* "$B"* /dev/md0 /dev/mapper/*
	cat /proc/mdstat
	lvs -a -o +devices
	cp $T$GRUB/grub.cfg $T/etc/fstab /out/
	fstrim -v $T || :
}

open_storage() {
	mdadm --quiet --assemble --run /dev/md0 --uuid=$ARRAY_UUID
	vgchange --quiet -ay --activationmode degraded $VG
}

close_storage() {
	vgchange --quiet -an $VG
	mdadm --quiet --stop /dev/md0
}
