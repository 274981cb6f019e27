import Testing

@testable import Surveying

@Suite struct `kept texts` {
    @Test func `of lvm.conf lose their comments and keep their lines' numbers`() {
        let text = "# a comment\ndevices {\n\t# another\n\tfilter = [ \"a|.*|\" ] # kept\n}\n"
        #expect(KeptText.withoutComments(text) == "\ndevices {\n\n\tfilter = [ \"a|.*|\" ] # kept\n}\n")
    }

    @Test func `of debconf are the one answer asked for`() {
        let text = """
            Name: passwd/root-password
            Template: passwd/root-password
            Value: secret

            Name: grub-pc/install_devices
            Template: grub-pc/install_devices
            Value: /dev/disk/by-id/scsi-a, /dev/disk/by-id/scsi-b

            Name: grub-pc/install_devices_empty
            Value: false

            """
        let kept = KeptText.debconf("grub-pc/install_devices", in: text)
        #expect(
            kept == """
                Name: grub-pc/install_devices
                Template: grub-pc/install_devices
                Value: /dev/disk/by-id/scsi-a, /dev/disk/by-id/scsi-b

                """)
        #expect(KeptText.debconf("grub-pc/timeout", in: text) == nil)
    }

    @Test func `of conf.d are the settings that find a root, and nothing that a hook may have hidden there`()
    {
        let text = "# made by hand\nRESUME=UUID=1234\nCRYPT_PASS=secret\nexport MODULES=dep\n"
        #expect(
            KeptText.rootSettings(in: text)
                == "# (removed)\nRESUME=UUID=1234\n# (removed)\nexport MODULES=dep\n")
    }
}
