import BootFiles
import Storage
import Surveying
import Testing

@testable import Diagnosing

@Suite struct InstallDevicesTests {
    private func listing(_ serials: String..., kind: String = "scsi-0QEMU_QEMU_HARDDISK_") throws -> Mirror {
        var mirror = try Mirror()
        for (index, serial) in ["mirror-a", "mirror-b"].enumerated() {
            mirror.survey.storage.disks[index].serial = serial
        }
        let names = serials.map { "/dev/disk/by-id/" + kind + $0 }
        mirror.installation.texts[DebconfDatabase.path] =
            "Name: grub-pc/install_devices\nTemplate: grub-pc/install_devices\nValue: "
            + names.joined(separator: ", ") + "\n"
        return mirror
    }

    private func note(_ mirror: Mirror) -> Finding? {
        mirror.diagnosis.findings.first { $0.id == "grub-install.device-list" }
    }

    @Test func `a list of both disks is right`() throws {
        #expect(note(try listing("mirror-a", "mirror-b")) == nil)
    }

    @Test func `a list that leaves a disk out, or names one that is gone, is a note`() throws {
        let left = try #require(note(try listing("mirror-a")))
        #expect(left.severity == .note)
        #expect(left.summary.contains("leaves out b.img"))
        #expect(try listing("mirror-a").wrongSteps.isEmpty)
        #expect(
            note(try listing("mirror-a", "mirror-b", "mirror-old"))?.summary.contains("mirror-old") == true)
    }

    @Test func `names that cannot be told apart are not judged`() throws {
        #expect(note(try listing("0x5000c500a1b2c3d4", kind: "wwn-")) == nil)
        var mirror = try listing("mirror-old", "mirror-b")
        mirror.survey.storage.disks[0].serial = nil
        #expect(note(mirror) == nil)
    }
}
