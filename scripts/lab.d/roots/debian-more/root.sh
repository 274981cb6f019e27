#!/bin/sh
# As roots/debian, with LUKS and btrfs.
# usage: root.sh DIR
set -eu
export MORE_PACKAGES='cryptsetup-initramfs btrfs-progs'
exec "$(dirname "$(realpath "$0")")/../debian/root.sh" "$@"
