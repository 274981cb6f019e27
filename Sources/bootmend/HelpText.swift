/// What `bootmend` alone and `bootmend help` print, and the topics of `bootmend help`.
enum HelpText {
    static let whole = """
        Find out why a Linux system does not boot, and put it right.

        Usage: bootmend <command> [options]

          bootmend scan        disks, what is on them, installed systems
          bootmend diagnose    which step was skipped; would it boot? changes nothing
          bootmend rescue      show a plan, do it if you agree, prove that it boots

        Look    diagnose   check   verify   scan   survey   explain
        Change  rescue     mount   umount   shell
        Undo    undo

        Options of every command: --json  --color auto|always|never  -q  -v  -h
        'bootmend help <command>' for more;
        'bootmend help exit-status' and 'bootmend help steps' for scripts.

        """

    /// What a serial console shows, and what a page in a pipe is set for.
    static let columns = 80

    /// Lines that are longer are broken at blanks outside of brackets; the rest stands below the first option.
    static func wrapped(_ page: String) -> String {
        page.split(separator: "\n", omittingEmptySubsequences: false).map(broken).joined(separator: "\n")
    }

    private static func broken(_ line: Substring) -> String {
        guard line.count > columns else { return String(line) }
        var depth = 0
        let words = line.split { character in
            if "[<(".contains(character) { depth += 1 }
            if "]>)".contains(character) { depth -= 1 }
            return character == " " && depth <= 0
        }
        // "USAGE: bootmend rescue" stands alone before what follows.
        let margin = words.prefix(3).joined(separator: " ").count + 1
        var lines: [String] = []
        var current = ""
        for word in words {
            if !current.isEmpty && current.count + 1 + word.count > columns {
                lines.append(current)
                current = String(repeating: " ", count: margin) + word
            } else {
                current += (current.isEmpty ? "" : " ") + word
            }
        }
        return (lines + [current]).joined(separator: "\n")
    }

    static let topics = ["exit-status": exitStatus, "steps": steps]

    private static let exitStatus = """
        diagnose, check, verify, and rescue about what it proved:
          0    it boots, from every disk that should be able to alone
          1    it boots, with warnings
          2    it would not boot
          3    could not tell; also: no installed system, an empty disk, a
               truncated image
        rescue, undo:
          4    a change failed, and everything was put back
          5    a change failed, and putting back failed too
        scan, survey, mount, umount, explain:
          0    done
          3    not possible; of survey and scan also: no installed system, a disk
               that could not be read whole
        shell -- COMMAND: the command's own; 125 where bootmend failed
        all:
          64   wrong usage, no such device, unknown step, --root without a match
          77   needs root
          130  interrupted

        """

    private static let steps = """
        The steps of a migration to a mirror, in order, for --only, --again and
        'bootmend explain':

          partition-table  md-array     boot-copy    mdadm-conf    fstab
          lvm-mirror       initramfs    cmdline      grub-config   grub-install
          sync

        All are judged. mdadm-conf, fstab, initramfs, cmdline, grub-config and
        grub-install are redone; a stale half of md-array or lvm-mirror is brought up
        to date with --confirm; of the rest it is shown how to do it by hand.

        """
}
