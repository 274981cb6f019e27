import Storage
import Surveying
import Testing

@testable import Diagnosing

@Suite struct `what is still named though it is gone` {
    @Test func `is nothing where nothing is gone`() throws {
        let mirror = try Mirror()
        #expect(Remnant.of(mirror.survey, in: mirror.survey, mirror.installation).isEmpty)
    }

    @Test func `is found in fstab, in the menu and in the image, with what it was`() throws {
        let before = try Mirror()
        var after = before
        let boot = try #require(
            after.survey.storage.volumes.firstIndex { $0.signature?.uuid == Mirror.bootUUID })
        after.survey.storage.volumes[boot].signature?.uuid = "c0ffee00-0000-4000-8000-000000000001"
        let name = after.survey.storage.volumes[boot].name
        let found = Remnant.of(before.survey, in: after.survey, after.installation)
        #expect(Set(found.map(\.name)) == [Mirror.bootUUID])
        #expect(Set(found.map(\.was)) == ["the filesystem on \(name)"])
        #expect(found.first { $0.path == "/etc/fstab" }?.line == 3)
        #expect(found.contains { $0.path == "/boot/grub/grub.cfg" && $0.line > 1 })
    }

    @Test func `is the array's UUID in each of its forms`() throws {
        let before = try Mirror()
        var after = before
        after.survey.storage.arrays[0].uuid = "00000000:11111111:22222222:33333333"
        let found = Remnant.of(before.survey, in: after.survey, after.installation)
        #expect(found.contains { $0.path == "/etc/mdadm/mdadm.conf" && $0.name == Mirror.arrayUUID })
        #expect(found.contains { $0.path.hasPrefix("/boot/initrd.img-") && $0.path.hasSuffix("mdadm.conf") })
    }

    @Test func `is not looked for in comments`() throws {
        let before = try Mirror()
        var after = before
        after.installation.fstab?.text = "# UUID=\(Mirror.bootUUID) /boot\n"
        after.survey.storage.volumes.removeAll { $0.signature?.uuid == Mirror.bootUUID }
        let found = Remnant.of(before.survey, in: after.survey, after.installation)
        #expect(!found.contains { $0.path == "/etc/fstab" })
    }
}
