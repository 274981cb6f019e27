# GPT with a BIOS boot partition on each disk; root on an array without LVM, /boot a directory of it, ext4; swap on
# another array.
BIOS_BOOT=1
SWAP_ARRAY_UUID=6d1e2f30:8a4b4c5d:9e0f1a2b:3c4d5e70
ROOT=/dev/md0 BOOT=

make_machine() {
	for disk in "$A" "$B"; do
		printf 'label: gpt\nsize=1MiB, type=21686148-6449-6E6F-744E-656564454649\nsize=%sMiB, type=raid\nsize=%sMiB, type=raid\n' \
			1900 $SWAP_MIB | sfdisk -q "$disk"
	done
	settle
	array 0 1.2 $ARRAY_UUID "${A}2" "${B}2"
	array 1 1.2 $SWAP_ARRAY_UUID "${A}3" "${B}3"
	mkfs.ext4 -q -U $ROOT_UUID /dev/md0
	mkswap -U $SWAP_UUID /dev/md1
	unpack <<-EOF
		UUID=$ROOT_UUID / ext4 errors=remount-ro 0 1
		UUID=$SWAP_UUID none swap sw 0 0
	EOF
	resume_from UUID=$SWAP_UUID
	make_bootable
}

open_storage() {
	mdadm --quiet --assemble --run /dev/md0 --uuid=$ARRAY_UUID
	mdadm --quiet --assemble --run /dev/md1 --uuid=$SWAP_ARRAY_UUID
}

close_storage() { mdadm --quiet --stop /dev/md0 /dev/md1; }
