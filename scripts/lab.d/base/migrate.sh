#!/bin/sh
# Build the story's machine the way its administrator did: first a server on
# disk a alone, then the move to a mirror of a and b. What the machine had
# before the move is kept for the faults, in /out/before.
. /job/target.sh
set -x

# The server on one disk.
printf 'label: dos\nsize=%sMiB, type=83, bootable\ntype=8e\n' $BOOT_MIB | sfdisk -q "$A"
settle
mkfs.xfs -q -m uuid=$OLD_BOOT_UUID "${A}1"
pvcreate -q "${A}2"
vgcreate -q $VG "${A}2"
lvcreate -q -W n -L ${ROOT_MIB}M -n root $VG
lvcreate -q -W n -L ${SWAP_MIB}M -n swap $VG
settle
mkfs.ext4 -q -U $ROOT_UUID /dev/$VG/root
mkswap -U $SWAP_UUID /dev/$VG/swap
mkdir -p $T
mount /dev/$VG/root $T
mkdir $T/boot
mount "${A}1" $T/boot
tar -C $T -xf /job/root.tar
bind
in_target grub-install "$A"
in_target update-grub

mkdir -p /out/before
dd if="$A" of=/out/before/gap.img bs=512 count=2048
cp $T/boot/grub/grub.cfg $T/boot/grub/i386-pc/core.img $T/etc/fstab /out/before/

# The second disk, and /boot on an array that has only its half as yet.
sfdisk -q -d "$A" | sed 's/type=83/type=fd/; /label-id/d' | sfdisk -q "$B"
settle
mdadm --quiet --create /dev/md0 --run --homehost=$HOST --name=0 --uuid=$ARRAY_UUID --level=1 \
	--metadata=1.2 --bitmap=none --raid-devices=2 missing "${B}1"
mkfs.xfs -q -m uuid=$BOOT_UUID /dev/md0
mkdir /new
mount /dev/md0 /new
cp -a $T/boot/. /new/
umount /new $T/boot
mount /dev/md0 $T/boot

# The files that name the storage, then the first disk's half.
sed -i s/$OLD_BOOT_UUID/$BOOT_UUID/ $T/etc/fstab
in_target /usr/share/mdadm/mkconf > /out/mdadm.conf
cp /out/mdadm.conf $T/etc/mdadm/mdadm.conf
sfdisk -q --part-type "$A" 1 fd
mdadm --quiet --manage /dev/md0 --add "${A}1"

# The volumes on both disks.
pvcreate -q "${B}2"
vgextend -q $VG "${B}2"
lvconvert -q -y --type raid1 -m 1 $VG/root
lvconvert -q -y --type raid1 -m 1 $VG/swap
synced

# What boots it.
in_target update-initramfs -u -k all
in_target update-grub
in_target grub-install "$A"
in_target grub-install "$B"
in_target debconf-set-selections <<EOF
grub-pc grub-pc/install_devices multiselect $(for disk in a b; do
	printf '%s/dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_mirror-%s' "${comma-}" $disk
	comma=', '
done)
EOF

blkid "$A"* "$B"* /dev/md0 /dev/mapper/*
cat /proc/mdstat
lvs -a -o +devices
cp $T/boot/grub/grub.cfg $T/etc/fstab /out/
unbind
fstrim -v $T || :
umount $T/boot $T
vgchange -q -an $VG
mdadm --quiet --stop /dev/md0
