import BootFiles
import Changes
import Storage
import Surveying
import Testing

@testable import Diagnosing

@Suite struct BootCopyTests {
    private let newer = "6.1.0-60-cloud-amd64"

    /// The array was made, fstab mounts it, and the files are still in the root's own /boot.
    private func notCopied() throws -> Mirror {
        var mirror = try Mirror()
        mirror.survey.bootDirectories[0].volume = mirror.installation.root
        mirror.survey.bootDirectories[0].path = "/boot"
        return mirror
    }

    /// A directory /boot in the root, under the mount point of the array's filesystem.
    private func shadow(_ version: String, in mirror: inout Mirror) {
        mirror.installation.kernels.append(version)
        mirror.survey.bootDirectories.append(
            BootDirectory(
                volume: mirror.installation.root, path: "/boot",
                kernels: [.init(file: "vmlinuz-" + version, version: version, size: 1)]))
    }

    @Test func `an empty array that fstab mounts is /boot, and was not copied to`() throws {
        let mirror = try notCopied()
        #expect(Scene(mirror.survey, mirror.installation).boot?.volume.rawValue.hasPrefix("md:") == true)
        #expect(mirror.diagnosis.steps.first { $0.id == .bootCopy }?.state == .skipped)
        #expect(try mirror.finding("boot-copy.no-kernel").severity == .blocker)
        #expect(
            try mirror.finding("boot-copy.no-grub").evidence.last?.place
                == .device("/dev/rhel/root/boot", offset: nil))
        #expect(mirror.diagnosis.steps.first { $0.id == .grubConfig }?.state == .unknown)
        #expect(!mirror.wrongSteps.contains(.fstab))
    }

    @Test func `an array that could not be looked into is not taken for empty`() throws {
        var mirror = try notCopied()
        let array = try #require(mirror.survey.storage.arrays.first?.id)
        mirror.survey.rejected.append(
            RejectedCandidate(
                volume: array, name: "/dev/md0", reason: "the kernel has no XFS V4", isUnread: true))
        #expect(Scene(mirror.survey, mirror.installation).boot == nil)
        #expect(mirror.diagnosis.verdict == .unknown)
        let step = mirror.diagnosis.steps.first { $0.id == .grubInstall }
        #expect(step?.reason == "/dev/md0 could not be looked into: the kernel has no XFS V4")
    }

    @Test func `a core image that still leads to the old half boots from there`() throws {
        var mirror = try notCopied()
        let root = try #require(mirror.survey.storage.logicalVolume(mirror.installation.root))
        for index in mirror.survey.diskBoots.indices {
            mirror.survey.diskBoots[index].core?.prefix =
                "(lvmid/\(root.group.id)/\(root.volume.id))/boot/grub"
            mirror.survey.diskBoots[index].core?.modules += ["lvm", "ext2"]
        }
        #expect(try mirror.finding("boot-copy.no-kernel").severity == .warning)
        #expect(try mirror.finding("grub-install.stale-prefix").severity == .warning)
        #expect(mirror.diagnosis.steps.first { $0.id == .bootCopy }?.state == .skipped)
    }

    @Test func `a newer kernel under the mount point was written while /boot was not mounted`() throws {
        var mirror = try Mirror()
        shadow(newer, in: &mirror)
        let finding = try mirror.finding("boot-copy.shadowed")
        #expect(finding.severity == .warning)
        #expect(finding.evidence.first?.seen == "holds vmlinuz-" + newer)
        let old = Change.OldBoot(
            volume: mirror.installation.root.rawValue, name: "/dev/rhel/root", directory: "/boot")
        #expect(
            finding.remedies.flatMap(\.changes) == [
                .copy(from: old, files: ["vmlinuz-" + newer], size: 1)
            ])
        #expect(mirror.plan().isEmpty)
        #expect(!mirror.plan(PlanOptions(confirmed: ["/dev/rhel/root"])).isEmpty)
        #expect(mirror.diagnosis.steps.first { $0.id == .bootCopy }?.state == .stale)
    }

    @Test func `an older kernel that only the old half holds is missing, unless its modules are gone too`()
        throws
    {
        var mirror = try Mirror()
        shadow("5.10.0-9-amd64", in: &mirror)
        #expect(try mirror.finding("boot-copy.missing-files").severity == .warning)
        mirror.installation.kernels.removeLast()
        #expect(mirror.wrongSteps.isEmpty)
    }

    @Test func `the rescue kernel of the menu comes along, though it has no modules`() throws {
        var mirror = try Mirror()
        let (kernel, image) = ("vmlinuz-0-rescue-7e5c", "initramfs-0-rescue-7e5c.img")
        mirror.config?.entries.append(
            GrubConfig.Entry(
                line: 200, title: "rescue", kernel: .init(line: 201, value: "/" + kernel),
                arguments: "root=/dev/mapper/rhel-root ro", initrds: [.init(line: 202, value: "/" + image)]))
        #expect(mirror.wrongSteps == [.grubConfig])
        mirror.survey.bootDirectories.append(
            BootDirectory(
                volume: mirror.installation.root, path: "/boot",
                kernels: ["vmlinuz-" + Mirror.kernel, kernel, "vmlinuz-0-rescue-of-before"].map {
                    .init(file: $0, version: String($0.dropFirst("vmlinuz-".count)), size: 1)
                }, images: [.init(file: image, version: "0-rescue-7e5c", size: 1)]))
        #expect(mirror.wrongSteps == [.bootCopy])
        #expect(try copied(by: mirror.finding("boot-copy.missing-files")) == [kernel, image])
        mirror.survey.bootDirectories[0].kernels = []
        #expect(
            try copied(by: mirror.finding("boot-copy.no-kernel"))
                == ["vmlinuz-" + Mirror.kernel, kernel, image])
    }

    private func copied(by finding: Finding) -> [String] {
        finding.remedies.flatMap(\.changes).flatMap { change -> [String] in
            if case .copy(_, let files, _) = change { files } else { [] }
        }
    }
}
