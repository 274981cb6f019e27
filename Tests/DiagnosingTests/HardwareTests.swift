import BootFiles
import Changes
import Storage
import Surveying
import Testing

@testable import Diagnosing

@Suite struct `the controllers of the disks` {
    private let scsi = "scsi:t-0x00"
    private let virtio = "virtio:d00000008v00001AF4"
    private let bridge = "pci:v00008086d000029C0sv00001AF4sd00001100bc06sc00i00"
    private let controller = "pci:v00001AF4d00001048sv00001AF4sd00001100bc01sc00i00"

    /// The lab's machine as its own hardware shows it.
    private func machine() throws -> Mirror {
        var mirror = try Mirror()
        for index in mirror.survey.storage.disks.indices {
            mirror.survey.storage.disks[index].modaliases = [scsi, virtio, controller, bridge]
        }
        mirror.installation.drivers[Mirror.kernel] = [
            scsi: ["sd_mod"], virtio: ["virtio_scsi"], controller: ["virtio_pci"], bridge: ["intel_agp"],
        ]
        return mirror
    }

    @Test func `have their drivers in the image, and bridges need none`() throws {
        #expect(try machine().wrongSteps.isEmpty)
    }

    @Test func `without a driver nothing comes up, and the redo lists it`() throws {
        var mirror = try machine()
        mirror.image.facts?.modules.remove("virtio_scsi")
        mirror.installation.texts["/etc/initramfs-tools/modules"] = "sd_mod"
        #expect(mirror.wrongSteps == [.initramfs])
        let finding = try mirror.finding("initramfs.driver-missing")
        #expect(finding.severity == .blocker)
        #expect(finding.evidence.first?.expected == "virtio_scsi")
        guard case .writeFile(let path, let text, "sd_mod", _)? = finding.remedies.first?.changes.first else {
            Issue.record("the first change does not list the driver")
            return
        }
        #expect(path == "/etc/initramfs-tools/modules")
        #expect(text == "sd_mod\nvirtio_scsi\n")
        let plan = mirror.plan(PlanOptions(improve: true))
        #expect(
            plan.remedies.flatMap(\.changes).map(\.kind) == ["open", "write-file", "write-file", "build"])
    }

    @Test func `without the root's filesystem it does not come up either, and the redo lists that`() throws {
        var mirror = try machine()
        let root = try #require(
            mirror.survey.storage.volumes.firstIndex { $0.id == mirror.installation.root })
        mirror.survey.storage.volumes[root].signature?.type = "btrfs"
        mirror.installation.texts["/etc/initramfs-tools/modules"] = "sd_mod"
        let changes = try mirror.finding("initramfs.module-missing").remedies.flatMap(\.changes)
        guard case .writeFile(_, let text, "sd_mod", _)? = changes.first else {
            Issue.record("the first change does not list the module")
            return
        }
        #expect(text == "sd_mod\nbtrfs\n")
    }

    @Test func `a driver in the kernel is enough`() throws {
        var mirror = try machine()
        mirror.image.facts?.modules.remove("virtio_scsi")
        mirror.installation.builtIn[Mirror.kernel, default: []].append("virtio_scsi")
        #expect(mirror.wrongSteps.isEmpty)
    }

    @Test func `of another machine are those that are asked for`() throws {
        let mirror = try machine()
        let moved = Diagnosis.of(mirror.survey, mirror.installation, hardware: .pvscsi)
        #expect(moved.verdict == .broken)
        #expect(moved.findings.first?.summary.contains("no driver for pvscsi disks: vmw_pvscsi") == true)
        let virtual = Diagnosis.of(mirror.survey, mirror.installation, hardware: .virtio)
        #expect(virtual.steps.allSatisfy { $0.state == .done })
    }
}
