#!/bin/sh
# As roots/debian, for a machine that UEFI starts: Debian's signed shim and GRUB.
# usage: root.sh DIR
set -eu
export GRUB_PACKAGES=grub-efi-amd64,grub-efi-amd64-signed,shim-signed,efibootmgr
exec "$(dirname "$(realpath "$0")")/../debian/root.sh" "$@"
