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

"$(dirname "$0")/../../setup" gcc gcc-multilib make flex bison gawk gettext autoconf automake autopoint \
	pkg-config python3 xz-utils dpkg-dev libdevmapper-dev liblzma-dev help2man texinfo
echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian $suite main" > "$work/sources.list"
apt() {
	apt-get -qq -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=- \
		-o Dir::State::Lists="$work/lists" -o APT::Sandbox::User=root "$@"
}
apt update
cd "$work"
if apt source --download-only grub2; then
	dpkg-source --no-check -x ./*.dsc source
	basename ./*.dsc .dsc > "$out/version"
	(cd source && ./autogen.sh)
else
	# An archive may list a source and have its tarball alone: upstream's release then, without Debian's patches.
	apt source --tar-only grub2
	mkdir source
	tar -C source --strip-components=1 -xf ./*.orig.tar.*
	basename ./*.orig.tar.* | sed 's/\.orig.*//; s/$/ as released/' > "$out/version"
fi
cd source
./configure --prefix=/usr --sbindir=/usr/sbin --sysconfdir=/etc --libdir=/usr/lib --libexecdir=/usr/lib \
	--with-platform=pc --target=i386 --program-transform-name=s,grub,grub2, --with-grubdir=grub2 \
	--enable-device-mapper --disable-werror --disable-nls --disable-grub-mkfont --disable-grub-mount
make -j"$(nproc)"
make install DESTDIR="$out/tree"
cd "$out"
rm -rf work tree/usr/share/info tree/usr/share/man
find tree \( -name '*.module' -o -name '*.image' -o -name '*.exec' \) -delete
