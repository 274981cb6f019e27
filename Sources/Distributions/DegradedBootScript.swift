/// The script that lets an initramfs-tools image activate a volume group of which a disk is gone.
///
/// Debian leaves activation to udev (69-lvm.rules: `vgchange -aay --autoactivation event`), which waits for every PV
/// of the group; with a disk gone it waits for ever although each LV has a whole half. `local-block` scripts run about
/// once a second while the root is awaited (initramfs-tools(7)).
package enum DegradedBootScript {
    package static let name = "bootmend-degraded"
    package static let path = "/etc/initramfs-tools/scripts/local-block/" + name

    // By the clock and not by a count of its own: scripts/local catches only mdadm's script up with the time that has
    // passed, so on a busy machine a script that counts its turns never gets there. Two thirds of the wait is when
    // mdadm's script starts degraded arrays. They are started here too, before the root: once that is up, nothing
    // starts a /boot array that was left inactive (seen: 138 s, then emergency mode).
    package static let text = """
        #!/bin/sh
        # Written by bootmend: activates the mirrored logical volumes of a volume group that
        # misses a disk, once waiting for the disk has not helped. Remove this file and run
        # 'update-initramfs -u -k all' to have the boot wait for every disk again.
        case $1 in
        prereqs)
            echo mdadm
            exit 0
            ;;
        esac
        [ -e /run/bootmend-degraded ] && exit 0
        . /scripts/functions
        most=30
        [ "${ROOTDELAY:-0}" -gt $most ] && most=$ROOTDELAY
        [ "$(time_elapsed)" -ge $((most * 2 / 3)) ] || exit 0
        : >/run/bootmend-degraded
        mdadm -q --run /dev/md?*
        lvm vgchange -aay --activationmode degraded --sysinit

        """
}
