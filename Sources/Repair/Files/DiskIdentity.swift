import Bytes
import Glibc
import Machine
import Storage

/// Tells disks apart however the kernel names them: two halves of a mirror often have the same size and table.
enum DiskIdentity {
    /// The serial number as the driver tells it in sysfs.
    static func serial(of device: String) -> String? {
        guard device.hasPrefix("/dev/"), let running = try? RootDirectory("/") else { return nil }
        let name = device.dropFirst("/dev/".count).split(separator: "/").joined(separator: "!")
        for file in ["serial", "device/serial", "wwid", "device/wwid"] {
            guard let text = try? running.text("/sys/block/\(name)/\(file)", limit: 4096) else { continue }
            let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            if !words.isEmpty { return words }
        }
        return nil
    }

    /// UUIDs of what the primary partitions hold: MD 1.2 keeps the member's own at 4096 + 168 (Linux,
    /// include/uapi/linux/raid/md_p.h), LVM the volume's at 32 of a label in the first sectors (LVM2,
    /// format_text/layout.h).
    static func members(of source: BlockSource) -> [String] {
        guard let head = try? source.read(at: 0, count: 512) else { return [] }
        return MBREntry.all(in: head).compactMap { entry in
            guard entry.start > 0,
                let bytes = try? source.read(at: UInt64(entry.start) * 512, count: 8192)
            else { return nil }
            if bytes.little(UInt32.self, at: 4096) == 0xa92b_4efc {
                return bytes.span(at: 4096 + 168, count: 16)?.hex
            }
            for sector in 0..<4
            where bytes.span(at: sector * 512, count: 8).map(Array.init) == Array("LABELONE".utf8) {
                return bytes.span(at: sector * 512 + 32, count: 32).map {
                    String(decoding: $0, as: UTF8.self)
                }
            }
            return nil
        }
    }

    /// The disk that is `saved`, whatever the kernel calls it now.
    static func find(_ saved: SavedDisk) throws(SystemError) -> String {
        if isSame(saved.device, saved) { return saved.device }
        // Without anything of its own, only its old name speaks for it.
        let isKnown = saved.serial != nil || !saved.members.isEmpty
        if isKnown, let running = try? RootDirectory("/"), let names = try? running.list("/sys/block") {
            let devices = names.map { "/dev/" + $0.split(separator: "!").joined(separator: "/") }
            if let device = devices.first(where: { isSame($0, saved) }) { return device }
        }
        let serial = saved.serial.map { " (serial \($0))" } ?? ""
        throw SystemError(
            "put back the boot code of", saved.device + serial,
            detail: "no disk here has that serial number, size, partition table and members")
    }

    private static func isSame(_ device: String, _ saved: SavedDisk) -> Bool {
        guard let source = try? BlockSource(device), source.size == saved.size,
            serial(of: device) == saved.serial,
            let head = try? source.read(at: 0, count: 1024), head.count == 1024
        else { return false }
        // Earlier journals have the first sector's alone.
        return BootArea.identity(of: head).hasPrefix(saved.table) && members(of: source) == saved.members
    }
}
