#!/bin/sh
# Make the root filesystem of the RHEL 9 shaped machine in a chroot of the host, as DIR/root.tar.
# usage: root.sh DIR GRUB-TREE
set -eu
here=$(dirname "$(realpath "$0")")
. "$here/../../base/redhat.sh"
