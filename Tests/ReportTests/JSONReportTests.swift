import Changes
import Testing

@testable import Report

/// Golden documents: the contract that scripts are written against.
@Suite struct `Documents of the contract` {
    @Test func `diagnose --json`() {
        #expect(
            JSONReport.diagnosis(Samples.diagnosis).text == """
                {
                  "schema": 1,
                  "verdict": "broken",
                  "system": {
                    "name": "Debian GNU/Linux 12 (bookworm)",
                    "id": "debian",
                    "version": "12",
                    "host_name": "mirror",
                    "machine_id": "0123456789abcdef",
                    "root": {
                      "device": "/dev/rhel/root",
                      "uuid": "3e7e"
                    },
                    "firmware": "bios"
                  },
                  "steps": [
                    {
                      "id": "mdadm-conf",
                      "state": "done"
                    },
                    {
                      "id": "fstab",
                      "state": "not-applicable",
                      "reason": "/boot is part of root"
                    },
                    {
                      "id": "initramfs",
                      "state": "stale"
                    },
                    {
                      "id": "grub-config",
                      "state": "unknown",
                      "reason": "the log of /boot is dirty"
                    },
                    {
                      "id": "grub-install",
                      "state": "skipped"
                    }
                  ],
                  "findings": [
                    {
                      "id": "initramfs.module-missing",
                      "step": "initramfs",
                      "severity": "blocker",
                      "summary": "the image of 6.1.0-28-amd64 lacks dm-raid, which root needs",
                      "symptom": "Gave up waiting for root file system device.\\n(initramfs)",
                      "evidence": [
                        {
                          "path": "/boot/initrd.img-6.1.0-28-amd64",
                          "seen": "modules: dm_mod",
                          "expected": "dm_raid"
                        },
                        {
                          "path": "/etc/fstab",
                          "line": 4,
                          "seen": "UUID=x / ext4\\u001b[2J"
                        }
                      ],
                      "remedies": [
                        {
                          "step": "initramfs",
                          "title": "Rebuild the initramfs of 6.1.0-28-amd64",
                          "purpose": "redo",
                          "needs": "yes",
                          "changes": [
                            {
                              "kind": "build",
                              "command": [
                                "mkinitramfs",
                                "-o",
                                "/boot/initrd.img-6.1.0-28-amd64.bootmend",
                                "6.1.0-28-amd64"
                              ],
                              "path": "/boot/initrd.img-6.1.0-28-amd64",
                              "undoable": true
                            }
                          ]
                        }
                      ]
                    },
                    {
                      "id": "grub-install.no-code",
                      "step": "grub-install",
                      "severity": "warning",
                      "summary": "/dev/sdb has no boot code",
                      "evidence": [
                        {
                          "device": "/dev/sdb",
                          "offset": 0,
                          "seen": "zeros",
                          "expected": "GRUB's boot.img"
                        }
                      ],
                      "remedies": [
                        {
                          "step": "grub-install",
                          "title": "Install GRUB on /dev/sdb",
                          "purpose": "redo",
                          "needs": "yes",
                          "changes": [
                            {
                              "kind": "install-boot-loader",
                              "command": [
                                "grub-install",
                                "--target=i386-pc",
                                "/dev/sdb"
                              ],
                              "device": "/dev/sdb",
                              "undoable": true
                            }
                          ]
                        },
                        {
                          "step": "md-array",
                          "title": "Add /dev/sdb1 to /dev/md0 again",
                          "purpose": "redo",
                          "needs": "confirm",
                          "confirm": "/dev/sdb1",
                          "changes": [
                            {
                              "kind": "run",
                              "command": [
                                "mdadm",
                                "/dev/md0",
                                "--re-add",
                                "/dev/sdb1"
                              ],
                              "undoable": false
                            }
                          ]
                        }
                      ]
                    }
                  ],
                  "disks": [
                    {
                      "device": "/dev/sda",
                      "serial": "A1",
                      "boots_alone": "no",
                      "should": true,
                      "breaks_at": "initramfs"
                    },
                    {
                      "device": "/dev/sdb",
                      "boots_alone": "no",
                      "should": true,
                      "breaks_at": "grub-install"
                    }
                  ]
                }

                """)
    }

    @Test func `rescue --json without anything applied has no after and no undo_id`() {
        let text = JSONReport.rescue(
            before: Samples.diagnosis, plan: Plan(installation: "x"), applied: [], after: nil, undoID: nil
        ).text
        #expect(text.contains("\"applied\": []"))
        #expect(!text.contains("after") && !text.contains("undo_id"))
    }

    @Test func `rescue --json after its changes`() {
        let text = JSONReport.rescue(
            before: Samples.mended, plan: Samples.plan, applied: Samples.fstab.changes, after: Samples.mended,
            undoID: "7"
        ).text
        #expect(
            text.contains(
                """
                  "applied": [
                    {
                      "kind": "write-file",
                      "path": "/etc/fstab",
                      "undoable": true
                    }
                  ],
                  "after": {
                    "verdict": "boots",
                """))
        #expect(text.hasSuffix("  },\n  \"undo_id\": \"7\"\n}\n"))
    }
}
