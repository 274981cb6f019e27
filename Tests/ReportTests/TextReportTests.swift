import Changes
import Diagnosing
import Testing

@testable import Report

/// Golden texts: what the person sees is changed on purpose or not at all.
@Suite struct `Texts for the console` {
    private let pipe = Style()

    @Test func `a broken system`() {
        let telling = TextReport.Telling(lead: "Looking only.", next: ["bootmend rescue"])
        #expect(
            TextReport.diagnosis(Samples.diagnosis, telling, pipe) == """
                Debian GNU/Linux 12 (bookworm) on /dev/rhel/root, started by BIOS. Looking only.

                  ✗  It would not boot: initramfs and grub-install have to be done again.

                  mdadm-conf    ✓  done
                  fstab         –  not needed      /boot is part of root
                  initramfs     ✗  stale           the image of 6.1.0-28-amd64 lacks dm-raid, which root needs
                  grub-config   ?  could not tell  the log of /boot is dirty
                  grub-install  !  skipped         /dev/sdb has no boot code

                  /dev/sda  !  should boot alone and would not, stops at initramfs     serial A1
                  /dev/sdb  !  should boot alone and would not, stops at grub-install

                ✗  initramfs.module-missing
                    the image of 6.1.0-28-amd64 lacks dm-raid, which root needs
                    at boot   Gave up waiting for root file system device.
                              (initramfs)
                    seen      /boot/initrd.img-6.1.0-28-amd64  modules: dm_mod
                    expected  dm_raid
                    seen      /etc/fstab:4  UUID=x / ext4\\x1b[2J
                    redo      Rebuild the initramfs of 6.1.0-28-amd64  can be undone

                !  grub-install.no-code
                    /dev/sdb has no boot code
                    seen      /dev/sdb at byte 0  zeros
                    expected  GRUB's boot.img
                    redo      Install GRUB on /dev/sdb  can be undone
                    redo      Add /dev/sdb1 to /dev/md0 again  needs --confirm /dev/sdb1

                1 problem stops this system from booting, 1 warning, 1 step could not be judged.
                Next: bootmend rescue

                """)
    }

    @Test func `a broken system on a serial console`() {
        let serial = Style(isColoured: false, width: 60, charset: .ascii)
        #expect(
            TextReport.diagnosis(Samples.diagnosis, .init(isQuiet: true), serial) == """
                Debian GNU/Linux 12 (bookworm) on /dev/rhel/root, started by
                BIOS.

                  XX It would not boot: initramfs and grub-install have to
                     be done again.

                XX initramfs.module-missing
                    the image of 6.1.0-28-amd64 lacks dm-raid, which root
                    needs
                    at boot   Gave up waiting for root file system device.
                              (initramfs)
                    seen      /boot/initrd.img-6.1.0-28-amd64  modules:
                              dm_mod
                    expected  dm_raid
                    seen      /etc/fstab:4  UUID=x / ext4\\x1b[2J
                    redo      Rebuild the initramfs of 6.1.0-28-amd64  can
                              be undone

                !! grub-install.no-code
                    /dev/sdb has no boot code
                    seen      /dev/sdb at byte 0  zeros
                    expected  GRUB's boot.img
                    redo      Install GRUB on /dev/sdb  can be undone
                    redo      Add /dev/sdb1 to /dev/md0 again  needs
                              --confirm /dev/sdb1

                1 problem stops this system from booting, 1 warning, 1 step
                could not be judged.

                """)
    }

    @Test func `a mended system is short`() {
        #expect(
            TextReport.diagnosis(Samples.mended, .init(), pipe) == """
                Debian GNU/Linux 12 (bookworm) on /dev/rhel/root, started by BIOS.

                  ✓  It boots, and from every disk that should be able to alone.

                  mdadm-conf    ✓  done
                  fstab         ✓  done
                  initramfs     ✓  done
                  grub-config   ✓  done
                  grub-install  ✓  done

                  /dev/sda  ✓  boots alone  serial A1
                  /dev/sdb  ✓  boots alone

                """)
    }

    @Test func `a plan`() {
        #expect(
            TextReport.plan(Samples.plan, of: Samples.diagnosis, pipe) == """
                Plan for Debian GNU/Linux 12 (bookworm) on /dev/rhel/root: 4 steps; all but the first can be undone.

                  1  Open the installed system for writing  cannot be undone
                       does      mdadm --assemble --run /dev/md0
                       does      mount /dev/rhel/root /mnt/sysimage

                  2  fstab: Name the filesystem that is in /boot now
                       edits     /etc/fstab
                                 --- /etc/fstab
                                 +++ /etc/fstab
                                 @@ -1,2 +1,2 @@
                                  # static
                                 -UUID=old /boot xfs defaults 0 0
                                 +UUID=new /boot xfs defaults 0 0

                  3  initramfs: Rebuild the initramfs of 6.1.0-28-amd64
                       runs      mkinitramfs -o /boot/initrd.img-6.1.0-28-amd64.bootmend 6.1.0-28-amd64
                       replaces  /boot/initrd.img-6.1.0-28-amd64, once /boot/initrd.img-6.1.0-28-amd64.bootmend is checked

                  4  grub-install: Install GRUB on /dev/sdb
                       runs      grub-install --target=i386-pc /dev/sdb
                       writes    the first sector of /dev/sdb, 1 MiB from byte 0, and /boot/grub
                       meanwhile /boot/grub is made anew: no disk that leads there boots

                Left as it is
                  ·  Add /dev/sdb1 to /dev/md0 again  needs --confirm /dev/sdb1

                """)
    }

    @Test func `what is left to the person is shown with its lines and the reason`() {
        let wait = Remedy.byHand(
            .sync, title: "Wait until /dev/md0 is in sync",
            lines: ["cat /proc/mdstat", "mdadm --wait /dev/md0"],
            why: "until then the half that is written to is no half")
        let plan = Plan(installation: "x", notDone: [wait])
        #expect(
            TextReport.plan(plan, of: Samples.mended, Style()) == """
                Nothing to do for Debian GNU/Linux 12 (bookworm) on /dev/rhel/root.

                Left as it is
                  ·  Wait until /dev/md0 is in sync  by hand
                       cat /proc/mdstat
                       mdadm --wait /dev/md0
                       until then the half that is written to is no half

                """)
        #expect(
            JSONReport.change(wait.changes[0]).text == """
                {
                  "kind": "by-hand",
                  "lines": [
                    "cat /proc/mdstat",
                    "mdadm --wait /dev/md0"
                  ],
                  "reason": "until then the half that is written to is no half",
                  "undoable": false
                }

                """)
    }

    @Test func `what does not boot and bootmend cannot mend is not called nothing to do`() {
        var better = Samples.grub
        better.purpose = .improvement
        let plan = Plan(installation: "x", notDone: [Samples.wipe, better])
        #expect(
            TextReport.plan(plan, of: Samples.diagnosis, pipe) == """
                Nothing that bootmend can do by itself for Debian GNU/Linux 12 (bookworm) on /dev/rhel/root.
                  ✗  the image of 6.1.0-28-amd64 lacks dm-raid, which root needs
                  !  /dev/sdb has no boot code
                  ?  grub-config could not be judged: the log of /boot is dirty

                Left as it is
                  ·  Add /dev/sdb1 to /dev/md0 again  needs --confirm /dev/sdb1
                  ·  Install GRUB on /dev/sdb  with --improve

                """)
        var bare = Samples.mended
        bare.verdict = .broken
        #expect(
            TextReport.plan(Plan(installation: "x"), of: bare, pipe) == """
                Nothing that bootmend can do by itself for Debian GNU/Linux 12 (bookworm) on /dev/rhel/root.
                  ✗  It would not boot.

                """)
    }

    @Test func `a step that is named alone is answered for alone`() {
        let none = Plan(installation: "x")
        #expect(
            TextReport.plan(none, of: Samples.diagnosis, asked: PlanOptions(only: [.mdadmConf]), pipe) == """
                Nothing to do in mdadm-conf for Debian GNU/Linux 12 (bookworm) on /dev/rhel/root.
                  ·  left out by --only: initramfs and grub-install

                """)
        #expect(
            TextReport.plan(none, of: Samples.mended, asked: PlanOptions(only: [.cmdline]), pipe) == """
                Nothing that bootmend can do by itself in cmdline for Debian GNU/Linux 12 (bookworm) on /dev/rhel/root.
                  ?  cmdline is a step that this version does not judge

                """)
    }

    @Test func `a refusal says nothing else`() {
        let plan = Plan(
            installation: "x", remedies: [Samples.fstab],
            refusals: [
                PlanRefusal(.reshape, "/dev/md0 is being reshaped", wayOut: "wait"),
                PlanRefusal(.hibernated, "/dev/sdb3 is hibernated", wayOut: "resume it", isForcible: true),
            ])
        #expect(
            TextReport.plan(plan, of: Samples.diagnosis, pipe) == """
                Nothing will be written to Debian GNU/Linux 12 (bookworm) on /dev/rhel/root:
                  ✗  /dev/md0 is being reshaped  reshape
                     wait
                  ✗  /dev/sdb3 is hibernated  hibernated
                     resume it
                     if you know better: bootmend rescue --force hibernated

                """)
    }

    @Test func `an error has its hint on a line of its own`() {
        #expect(
            TextReport.failure(
                message: "'grub-install' exited with 1\nno room", hint: "see 'bootmend explain'", pipe)
                    == """
                    error: 'grub-install' exited with 1
                           | no room
                    hint:  see 'bootmend explain'

                    """)
    }

    @Test(arguments: [
        (UInt64(0), "0 B"), (1023, "1023 B"), (1024, "1 KiB"), (1536, "1.5 KiB"), (1 << 20, "1 MiB"),
        (20_000_000_000, "18.6 GiB"), (UInt64.max, "16 EiB"),
    ])
    func `sizes are in the unit a person would choose`(bytes: UInt64, text: String) {
        #expect(TextReport.size(bytes) == text)
    }

    @Test(arguments: [
        (Diagnosis.Verdict.boots, "It boots, and from every disk that should be able to alone."),
        (
            .degraded,
            "It boots, but neither from /dev/sda alone nor from /dev/sdb alone; "
                + "initramfs and grub-install have to be done again."
        ),
        (.broken, "It would not boot: initramfs and grub-install have to be done again."),
        (.unknown, "Whether it boots could not be told: grub-config could not be judged."),
    ])
    func `the verdict is a sentence`(verdict: Diagnosis.Verdict, sentence: String) {
        var diagnosis = Samples.diagnosis
        diagnosis.verdict = verdict
        #expect(TextReport.sentence(diagnosis) == sentence)
    }

    @Test func `what nothing can redo does not have to be done again`() {
        var diagnosis = Samples.mended
        diagnosis.verdict = .degraded
        diagnosis.disks = []
        diagnosis.steps = [.init(id: .mdArray, state: .stale), .init(id: .sync, state: .stale)]
        let wait = Remedy.byHand(.sync, title: "Wait", lines: ["mdadm --wait /dev/md0"], why: "")
        diagnosis.findings = [
            Finding(
                id: "md-array.split-brain", step: .mdArray, severity: .warning, summary: "", evidence: []),
            Finding(
                id: "sync.running", step: .sync, severity: .warning, summary: "", evidence: [],
                remedies: [wait]),
        ]
        #expect(TextReport.sentence(diagnosis) == "It boots, but md-array and sync are not in order.")
        diagnosis.findings[0].remedies = [Samples.wipe]
        #expect(
            TextReport.sentence(diagnosis)
                == "It boots, but md-array has to be done again; sync is not in order.")
    }
}
