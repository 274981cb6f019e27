import BootFiles
import Changes
import Machine
import Report
import Storage
import Surveying
import Testing

@testable import Diagnosing

/// The survey of the lab's healthy machine, as bootmend recorded it: two disks, md0 with /boot, raid1 root and swap.
///
/// Each test breaks a value of it the way a skipped step would have left it.
struct Mirror {
    var survey: Survey
    static let kernel = "6.1.0-50-cloud-amd64"
    static let bootUUID = "b0075eed-0000-4000-8000-00000000b007"
    static let arrayUUID = "6d1e2f30:8a4b4c5d:9e0f1a2b:3c4d5e6f"
    static let gone = "01db0075-0000-4000-8000-0000000001db"

    init() throws { survey = try Self.recorded("mirror.json") }

    /// A survey as a machine of the lab recorded it.
    static func recorded(_ file: String) throws -> Survey {
        let here = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        let bytes = try RootDirectory("/\(here)/Fixtures").read(file)
        return try Document.value(Survey.self, from: try #require(bytes), called: file)
    }

    var installation: Installation {
        get { survey.installations[0] }
        set { survey.installations[0] = newValue }
    }

    var image: BootDirectory.Image {
        get { survey.bootDirectories[0].images[0] }
        set { survey.bootDirectories[0].images[0] = newValue }
    }

    var config: GrubConfig? {
        get { survey.bootDirectories[0].grub?.config }
        set { survey.bootDirectories[0].grub?.config = newValue }
    }

    var diagnosis: Diagnosis { Diagnosis.of(survey, installation) }

    func plan(_ options: PlanOptions = PlanOptions()) -> Plan {
        Plan.making(diagnosis, survey, installation, options)
    }

    /// The steps that are not done.
    var wrongSteps: [StepID] { diagnosis.steps.filter { $0.state != .done }.map(\.id) }

    func finding(_ id: String) throws -> Finding { try #require(diagnosis.findings.first { $0.id == id }) }

    var bootsAlone: [Diagnosis.DiskResult.Answer] { diagnosis.disks.map(\.bootsAlone) }

    // MARK: What skipped steps leave behind

    mutating func mountBootByName() { rewriteFstab("UUID=" + Self.bootUUID, "/dev/md0") }

    mutating func rewriteFstab(_ old: String, _ new: String) {
        let text = installation.fstab?.text.replacing(old, with: new)
        installation.fstab?.text = text ?? ""
    }

    mutating func rewriteMdadmConf(_ old: String, _ new: String, inImage: Bool = false) {
        if inImage {
            for (path, text) in image.facts?.texts ?? [:] where path.hasSuffix("mdadm.conf") {
                image.facts?.texts[path] = text.replacing(old, with: new)
            }
        } else {
            let text = installation.mdadmConf?.text.replacing(old, with: new)
            installation.mdadmConf?.text = text ?? ""
        }
    }

    mutating func eraseBootCode(of number: Int) {
        survey.diskBoots[number].record = BootRecord(code: .empty, hasSignature: true)
        survey.diskBoots[number].core = nil
    }

    // MARK: What happens to disks

    func state(of step: StepID) -> Diagnosis.StepResult.State? {
        diagnosis.steps.first { $0.id == step }?.state
    }

    mutating func unplug(_ disk: String) { survey = survey.without(VolumeID(disk)) }

    /// A disk that took the place of one that failed, with partitions of these sizes and nothing on them.
    mutating func plugIn(_ name: String, partitions sizes: [UInt64]?, type: String = "dos") {
        let disk = VolumeID(name)
        let whole: UInt64 = 4 << 30
        var start: UInt64 = 1 << 20
        var partitions: [Partition] = []
        for (index, size) in (sizes ?? []).enumerated() {
            let id = VolumeID("\(disk)#\(index + 1)")
            partitions.append(Partition(id: id, number: index + 1, start: start, size: size, type: "0x83"))
            survey.storage.volumes.append(
                Volume(
                    id: id, kind: .partition, name: id.rawValue, size: size,
                    copies: [Copy(pieces: [Piece(disk: disk, offset: start, length: size)])]))
            start += size
        }
        survey.storage.disks.append(
            Disk(
                id: disk, size: whole, sectorSize: 512,
                table: sizes.map { _ in PartitionTable(type: type, partitions: partitions) }))
        survey.storage.volumes.append(
            Volume(
                id: disk, kind: .disk, name: disk.rawValue, size: whole,
                copies: [Copy(pieces: [Piece(disk: disk, offset: 0, length: whole)])]))
    }

    mutating func change(_ id: String, _ body: (inout Volume) -> Void) throws {
        let index = try #require(survey.storage.volumes.firstIndex { $0.id.rawValue == id })
        body(&survey.storage.volumes[index])
    }

    mutating func changeLV(_ name: String, _ body: (inout LogicalVolume) -> Void) throws {
        let index = try #require(survey.storage.groups[0].logicalVolumes.firstIndex { $0.name == name })
        body(&survey.storage.groups[0].logicalVolumes[index])
    }

    /// As it was before the conversion: the volume lies on the first disk alone.
    mutating func makeLinear(_ name: String) throws {
        let image = try #require(survey.storage.groups[0].logicalVolume("\(name)_rimage_0"))
        try changeLV(name) { $0.segments = image.segments }
        try change("lv:rhel/\(name)") { $0.copies.removeAll { $0.disks == [VolumeID("b.img")] } }
        survey.storage.groups[0].logicalVolumes.removeAll { $0.name.hasPrefix("\(name)_r") }
    }

    /// As it was before the array: /boot is a filesystem on the first disk's first partition.
    mutating func makeBootPlain() throws {
        let array = try #require(survey.storage.volumes.first { $0.kind == .array })
        try change("a.img#1") { $0.signature = array.signature }
        survey.storage.volumes.removeAll { $0.id == array.id }
        survey.storage.arrays = []
        survey.bootDirectories[0].volume = VolumeID("a.img#1")
    }
}
