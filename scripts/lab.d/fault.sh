# Shell functions for the files of faults/, beside those of base/target.sh.

# Another fault as part of this one.
also() { . /job/faults/$1; }

# Leave a disk as sfdisk does: a table, no boot code, no core image.
no_grub() {
	dd if=/dev/zero of="$1" bs=440 count=1 conv=notrunc
	if [ -n "${BIOS_BOOT-}" ]; then
		dd if=/dev/zero of="$1$BIOS_BOOT" bs=1M count=1
	else
		dd if=/dev/zero of="$1" bs=512 seek=1 count=2047 conv=notrunc
	fi
}
