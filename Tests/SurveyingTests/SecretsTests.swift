import BootFiles
import Storage
import Testing

@testable import Surveying

@Suite struct `a survey to be sent` {
    @Test func `has no passwords, and every other word where it was`() {
        var installation = Installation(root: VolumeID("/dev/sda2"), release: OSRelease(id: "debian"))
        installation.fstab = .init(
            path: "/etc/fstab",
            text: "# one\n//nas/x /x cifs user=a,password=tops,ro 0 0\nUUID=1 / ext4 defaults 0 1\n")
        installation.defaultGrub = .init(
            path: "/etc/default/grub", text: "GRUB_CMDLINE_LINUX=\"rd.iscsi.password=hush quiet\"\n")
        let boot = BootDirectory(
            volume: VolumeID("/dev/sda1"), path: "",
            grub: .init(
                directory: "grub",
                config: GrubConfig(
                    parsing: "menuentry 'a' {\n linux /vmlinuz root=/dev/sda2 rd.iscsi.password=hush ro\n}\n")
            ))
        let unified = UnifiedImage(kernel: "6.1", commandLine: "ro rd.iscsi.password=hush quiet")
        let loader = ESP.Loader(path: "EFI/Linux/linux.efi", size: 1, unified: unified)
        let survey = Survey(
            medium: Medium(kernel: "6.1", firmware: .bios, hasMD: true, hasDeviceMapper: true, tools: []),
            storage: StorageMap(), bootDirectories: [boot], installations: [installation],
            esps: [ESP(volume: VolumeID("/dev/sda1"), vendors: [.init(name: "Linux", loaders: [loader])])])
        let sent = survey.withoutSecrets()
        let text = "\(sent)"
        #expect("\(survey)".contains("tops"), "there is a secret to be removed")
        #expect(!text.contains("tops") && !text.contains("hush"))
        #expect(sent.installations[0].fstab?.text.contains("user=a") == true)
        #expect(sent.installations[0].fstab?.text.hasSuffix("\nUUID=1 / ext4 defaults 0 1\n") == true)
        #expect(
            sent.bootDirectories[0].grub?.config?.entries[0].arguments.hasPrefix("root=/dev/sda2 ") == true)
    }
}
