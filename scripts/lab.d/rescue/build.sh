#!/bin/sh
# Make the rescue system: DIR/rescue.img (its root, read-only), DIR/vmlinuz and
# DIR/initrd.img (finds the root, puts a tmpfs over it).
# usage: build.sh DIR
set -eu
here=$(dirname "$(realpath "$0")")
out=$1

if [ "${2:-}" = customize ]; then
	root=$3
	install -m 755 "$here/init" "$root/sbin/lab-init"
	cp "$root"/boot/vmlinuz-* "$out/vmlinuz"
	rm -f "$root"/boot/initrd* "$root"/boot/System.map*
	rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin
	echo rescue > "$root/etc/hostname"
	: > "$root/etc/fstab"
	# Nothing of the target starts by itself, as on rescue media booted so.
	mkdir -p "$root/etc/udev/rules.d"
	ln -s /dev/null "$root/etc/udev/rules.d/64-md-raid-assembly.rules"
	ln -s /dev/null "$root/etc/udev/rules.d/69-lvm.rules"

	# The first stage: busybox and the modules on the way to the root.
	first=$out/first
	kernel=$(basename "$root"/lib/modules/*)
	mkdir -p "$first/bin" "$first/lib" "$first/dev" "$first/proc" "$first/ro" "$first/rw" "$first/new"
	cp "$root/bin/busybox" "$first/bin/"
	install -m 755 "$here/first-init" "$first/init"
	chroot "$root" modprobe --all --show-depends --set-version "$kernel" virtio_pci virtio_blk ext4 crc32c_generic overlay |
		awk '$1 == "insmod" && !seen[$2]++ { print $2 }' > "$first/modules"
	while read -r module; do
		cp "$root/$module" "$first/lib/"
	done < "$first/modules"
	sed -i 's,.*/,/lib/,' "$first/modules"
	(cd "$first" && find . | bin/busybox cpio -o -H newc) > "$out/initrd.img"
	rm -r "$first"
	exit
fi

mmdebstrap --quiet --mode=root --variant=minbase \
	--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
	--dpkgopt='path-exclude=/usr/share/locale/*' \
	--include=linux-image-cloud-amd64,busybox-static,udev,kmod,mdadm,lvm2,cryptsetup-bin \
	--include=xfsprogs,e2fsprogs,dosfstools,btrfs-progs,fdisk,efibootmgr,initramfs-tools-core \
	--include=zstd,xz-utils,lz4,bzip2,procps,psmisc,strace,less,file \
	--customize-hook="$0 $out customize \"\$1\"" \
	bookworm "$out/root.tar" http://deb.debian.org/debian
mkdir "$out/tree"
tar -C "$out/tree" -xf "$out/root.tar"
mke2fs -q -t ext4 -O ^has_journal -L rescue -d "$out/tree" "$out/rescue.img" 1500M
rm -r "$out/tree" "$out/root.tar"
