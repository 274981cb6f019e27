import BootFiles
import Bytes
import Changes
import Glibc
import Machine

extension Work {
    /// Has GRUB write its boot code to one disk, and looks on the disk whether it is there and goes with /boot.
    ///
    /// It is whole and flushed before the next change begins: with two disks, one boots at every moment.
    func installBootLoader(
        _ disk: String, _ range: Change.ByteRange, _ directory: String, _ command: Command
    ) throws {
        let area = try BootArea(device: disk, start: range.start, length: range.length)
        try save(area)
        try saving.save(directory)
        try run(command)
        try flush(disk)
        try look(at: disk, area, directory, command)
        if isBoot(directory + "/") { try Place.existing(directory + "/grub.cfg", in: root).settle() }
    }

    private func save(_ area: BootArea) throws {
        let source = try BlockSource(area.disk.device)
        let name = area.disk.device.split(separator: "/").last.map(String.init) ?? "disk"
        for (start, length) in area.pieces {
            let bytes = try source.read(at: start, count: Int(clamping: length))
            let backup = try journal.backUp(bytes, as: name)
            try journal.add(.was(change: number, item: .area(disk: area.disk, start: start, backup: backup)))
        }
    }

    private func flush(_ disk: String) throws {
        try Descriptor(opening: disk, O_RDWR).synchronize(disk)
    }

    private func look(at disk: String, _ area: BootArea, _ directory: String, _ command: Command) throws {
        let source = try BlockSource(disk)
        let sector = try source.read(at: 0, count: 512)
        guard Array(sector[BootArea.table.clamped(to: 0..<sector.count)]) == area.tableBytes else {
            throw RepairFailure("'\(command)' changed the partition table of \(disk)")
        }
        guard case .grub(let coreSector) = BootRecord(parsing: sector).code else {
            throw RepairFailure("'\(command)' succeeded, and the first sector of \(disk) holds no GRUB")
        }
        let modules = try GrubModules.read(root, path: directory + "/i386-pc")
        let core = try CoreImage.read(from: source, at: coreSector, modules: modules)
        if let damage = core.damage {
            throw RepairFailure(
                "'\(command)' succeeded, and the core image on \(disk) is not whole: \(damage)")
        }
        if let part = core.missingSymbols.first ?? core.differingModules?.first {
            throw RepairFailure(
                "'\(command)' succeeded, and the core image on \(disk) is of another build than '\(directory)': \(part)"
            )
        }
    }
}
