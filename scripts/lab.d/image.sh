# Shell functions for faults of the initramfs.

# Run a command in the unpacked initramfs, pack it again as it was: repack COMMAND…
repack() {
	image=$(echo "$T"/boot/$IMAGES)
	case $(od -A n -N 2 -t x1 "$image") in
	' 1f 8b') packer='gzip -1' ;;
	*) packer='zstd -q -1' ;;
	esac
	tree=$(mktemp -d -p "$T/var/tmp")
	$packer -dc "$image" | (cd "$tree" && cpio -idm --quiet)
	(cd "$tree" && "$@")
	(cd "$tree" && find . | cpio -o -H newc --quiet | $packer -c) > "$T/var/tmp/image"
	cat "$T/var/tmp/image" > "$image"
	rm -r "$tree" "$T/var/tmp/image"
}
