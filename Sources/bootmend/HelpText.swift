/// What `bootmend` alone and `bootmend help` print, and the topics of `bootmend help`.
enum HelpText {
    static let whole = """
        Find out why a Linux system does not boot, and put it right.

        Usage: bootmend <command> [options]

          bootmend scan                disks, what is on them, installed systems
          bootmend diagnose            which step was skipped; would it boot? changes nothing
          bootmend rescue              show a plan, do it if you agree, prove that it boots

        Look    diagnose   check   verify   scan   survey   explain
        Change  rescue     mount   umount   shell
        Undo    undo

        Options of every command: --json  --color auto|always|never  -q  -v  -h
        'bootmend help <command>' for more; 'bootmend help exit-status' and 'bootmend help steps' for scripts.

        """

    static let topics = ["exit-status": exitStatus, "steps": steps]

    private static let exitStatus = """
        diagnose, check, verify, and rescue about what it proved:
          0    it boots, from every disk that should be able to alone
          1    it boots, with warnings
          2    it would not boot
          3    could not tell; also: no installed system, an empty disk, a truncated image
        rescue, undo:
          4    a change failed, and everything was put back
          5    a change failed, and putting back failed too
        scan, survey, mount, umount, explain:
          0    done
          3    not possible
        shell -- COMMAND: the command's own; 125 where bootmend failed
        all:
          64   wrong usage, no such device, unknown step, --root without a match
          77   needs root
          130  interrupted

        """

    private static let steps = """
        The steps of a migration to a mirror, in order, for --only, --again and 'bootmend explain':

          partition-table  md-array    boot-copy  mdadm-conf   fstab         lvm-mirror
          initramfs        cmdline     grub-config             grub-install  sync

        This version judges and redoes mdadm-conf, fstab, initramfs, grub-config and grub-install.

        """
}
