#!/bin/sh
# Build GRUB for BIOS machines from Debian's source, named and placed as RHEL and SUSE have it: grub2-install,
# /boot/grub2. DIR/tree is what goes into a root.
# usage: build.sh SUITE DIR
set -eu
suite=$1
out=$2
work=$out/work
mkdir -p "$work/lists/partial"
export LC_ALL=C

echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian $suite main" > "$work/sources.list"
apt() {
	apt-get -qq -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=- \
		-o Dir::State::Lists="$work/lists" -o APT::Sandbox::User=root "$@"
}
apt update
(cd "$work" && apt source --download-only grub2)
dpkg-source --no-check -x "$work"/*.dsc "$work/source"
cd "$work/source"
./autogen.sh
./configure --prefix=/usr --sbindir=/usr/sbin --sysconfdir=/etc --libdir=/usr/lib --libexecdir=/usr/lib \
	--with-platform=pc --target=i386 --program-transform-name=s,grub,grub2, --with-grubdir=grub2 \
	--enable-device-mapper --disable-werror --disable-nls --disable-grub-mkfont --disable-grub-mount
make -j"$(nproc)"
make install DESTDIR="$out/tree"
cd "$out"
basename "$work"/*.dsc .dsc > version
rm -rf work tree/usr/share/info tree/usr/share/man
find tree -name '*.module' -o -name '*.image' -o -name '*.exec' | xargs rm -f
