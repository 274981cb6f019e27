# Shell functions for faults of the initramfs.

# Run a command in the unpacked initramfs, pack it again: repack COMMAND…
repack() {
	image=$(echo "$T"/boot/$IMAGES)
	tree=$(mktemp -d -p "$T/var/tmp")
	zstd -qdc "$image" | (cd "$tree" && cpio -idm --quiet)
	(cd "$tree" && "$@")
	(cd "$tree" && find . | cpio -o -H newc --quiet | zstd -q -1) > "$T/var/tmp/image"
	cat "$T/var/tmp/image" > "$image"
	rm -r "$tree" "$T/var/tmp/image"
}
