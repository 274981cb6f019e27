import Testing

@testable import Surveying

@Suite struct `names in /boot` {
    @Test(arguments: [
        ("vmlinuz-6.1.0-28-amd64", BootFileName.kernel(version: "6.1.0-28-amd64")),
        ("vmlinuz-5.14.0-503.el9.x86_64", .kernel(version: "5.14.0-503.el9.x86_64")),
        (
            "vmlinuz-0-rescue-4b0aa1e2c6f64f3bb2b2f0f4a3d1c9ee",
            .kernel(version: "0-rescue-4b0aa1e2c6f64f3bb2b2f0f4a3d1c9ee")
        ),
        ("vmlinux-6.4.0-default.gz", .kernel(version: "6.4.0-default")),
        ("vmlinuz-linux", .kernel(version: "linux")),
        ("vmlinuz", .kernel(version: "")),
        ("initrd.img-6.1.0-28-amd64", .image(version: "6.1.0-28-amd64")),
        ("initramfs-5.14.0-503.el9.x86_64.img", .image(version: "5.14.0-503.el9.x86_64")),
        ("initrd-6.4.0-default", .image(version: "6.4.0-default")),
        ("initramfs-linux-fallback.img", .image(version: "linux-fallback")),
        ("initrd", .image(version: nil)),
    ])
    func `say the kernel's version whatever the distribution`(name: String, meaning: BootFileName) {
        #expect(BootFileName(name) == meaning)
    }

    @Test(arguments: [
        "initramfs-5.14.0-503.el9.x86_64kdump.img", "initrd-6.4.0-default-kdump",
        "initrd.img-6.1.0-28-amd64.old-dkms",
        "initramfs-3.10.0-1160.el7.x86_64.img.bak", "initrd.img-6.1.0-28-amd64.dpkg-bak",
    ])
    func `of an image that no boot starts with are told apart`(name: String) {
        guard case .sideImage = BootFileName(name) else {
            Issue.record("\(name) is taken for \(String(describing: BootFileName(name)))")
            return
        }
    }

    @Test(arguments: [
        "System.map-6.1.0-28-amd64", "config-6.1.0-28-amd64", "grub", "vmlinuz-", "vmlinuz-6.1.old", "efi",
    ])
    func `of other files mean nothing`(name: String) {
        #expect(BootFileName(name) == nil)
    }
}
