# Shell for roots/*/root.sh: what every root of the lab has, whatever its family. Sourced with $here set to its folder.
. "$here/../../base/story.env"
base=$here/../../base
export DEBIAN_FRONTEND=noninteractive LC_ALL=C

# debootstrap OUT PACKAGES HOOK...: a root in OUT/root.tar, each hook called with its directory at the end.
bootstrap() {
	out=$1 packages=$2
	shift 2
	for hook; do
		set -- "$@" "--customize-hook=$hook"
		shift
	done
	mmdebstrap --quiet --mode=root --variant=minbase \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--include=systemd-sysv,udev,dbus,kmod,linux-image-cloud-amd64,zstd \
		--include=e2fsprogs,xfsprogs,login,passwd,procps,"$packages" \
		"$@" bookworm "$out/root.tar" http://deb.debian.org/debian
}

# Name, fstab from before the move, and the unit that tells the lab that the machine is up: configure ROOT
configure() {
	root=$1
	echo $HOST > "$root/etc/hostname"
	printf '127.0.0.1 localhost\n127.0.1.1 %s\n' $HOST > "$root/etc/hosts"
	install -m 755 "$base/arrived" "$root/usr/local/sbin/lab-arrived"
	install -m 644 "$base/lab-arrived.service" "$root/etc/systemd/system/"
	mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
	ln -s ../lab-arrived.service "$root/etc/systemd/system/multi-user.target.wants/"
	ln -s /lib/systemd/system/multi-user.target "$root/etc/systemd/system/default.target"
	# A machine that is only watched booting needs no timers.
	for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer \
		e2scrub_reap.service fstrim.timer mdcheck_start.timer mdcheck_continue.timer; do
		ln -sf /dev/null "$root/etc/systemd/system/$unit"
	done
}

clean() {
	rm -f "$1"/boot/*.old-dkms "$1"/var/log/*.log
	rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*.bin
}
