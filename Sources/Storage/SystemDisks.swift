import Bytes
import Machine

/// The running system's disks and what the kernel has built on them, out of sysfs.
package struct SystemDisks: Sendable {
    private let sys: RootDirectory

    /// `sys` is the root of a sysfs.
    package init(sys: RootDirectory) { self.sys = sys }

    // Documentation/admin-guide/devices.txt; what these hold is memory, removable, or made of other disks.
    private static let passedOver = ["loop", "ram", "zram", "dm-", "md", "sr", "fd", "mtdblock", "nbd"]

    /// Every whole disk, once: of several paths to one disk the first.
    package func all() throws(SystemError) -> [DiskSource] {
        var found: [DiskSource] = []
        for name in try sys.list("block") ?? [] {
            guard !Self.passedOver.contains(where: name.hasPrefix), text("block/\(name)/hidden") != "1",
                number("block/\(name)/size") ?? 0 > 0
            else { continue }
            let disk = disk(name)
            let known = found.firstIndex { $0.wwid == disk.wwid && $0.serial == disk.serial }
            if let known, disk.hasUniqueName {
                found[known].otherPaths.append(disk.path)
            } else {
                found.append(disk)
            }
        }
        return found + containers()
    }

    /// The whole disk with this node, or nil where `node` is none.
    package func disk(node: String) throws(SystemError) -> DiskSource? {
        guard node.hasPrefix("/dev/") else { return nil }
        let name = Self.sysfsName(node)
        return sys.exists("block/\(name)") ? disk(name) : nil
    }

    private func disk(_ name: String) -> DiskSource {
        let node = Self.node(name)
        var disk = DiskSource(
            id: VolumeID(node), path: node, node: node, serial: serial(name),
            wwid: text("block/\(name)/device/wwid") ?? text("block/\(name)/wwid"),
            modaliases: modaliases(name),
            partitions: partitions(name))
        disk.isReadOnly = number("block/\(name)/ro").map { $0 != 0 }
        return disk
    }

    // sysfs writes '!' where the node's name has '/': cciss!c0d0.
    private static func node(_ name: String) -> String {
        "/dev/" + String(name.map { $0 == "!" ? "/" : $0 })
    }

    private static func sysfsName(_ node: String) -> String {
        String(node.dropFirst("/dev/".count).map { $0 == "/" ? "!" : $0 })
    }

    private func partitions(_ disk: String) -> [Int: DiskSource.RunningPartition] {
        var found: [Int: DiskSource.RunningPartition] = [:]
        for entry in (try? sys.list("block/\(disk)")) ?? [] where entry.hasPrefix(disk) {
            let directory = "block/\(disk)/\(entry)"
            guard let number = number("\(directory)/partition"),
                let start = self.number("\(directory)/start"),
                let size = self.number("\(directory)/size"), let position = Int(exactly: number)
            else { continue }
            // In 512-byte sectors whatever the disk's own are (block/partitions/core.c).
            found[position] = DiskSource.RunningPartition(
                node: Self.node(entry), start: start.sectors ?? .max, size: size.sectors ?? .max)
        }
        return found
    }

    // virtio says it as text; SCSI in the unit serial number page (SPC-4, 7.8.15): four bytes of header, then text.
    private func serial(_ disk: String) -> String? {
        if let serial = text("block/\(disk)/serial") ?? text("block/\(disk)/device/serial") { return serial }
        guard let page = bytes("block/\(disk)/device/vpd_pg80"), let length = page.big(UInt16.self, at: 2),
            let text = page.span(at: 4, count: Int(length))
        else { return nil }
        return Self.trimmed(text.textToNUL)
    }

    /// Module aliases of the disk's device and of everything above it.
    private func modaliases(_ disk: String) -> [String] {
        guard var path = try? sys.link("block/\(disk)") else { return [] }
        while path.hasPrefix("../") { path.removeFirst(3) }
        var parts = path.split(separator: "/")
        var found: [String] = []
        while parts.count > 1 {
            if let alias = text(parts.joined(separator: "/") + "/modalias") { found.append(alias) }
            parts.removeLast()
        }
        return found
    }

    // MARK: what runs

    /// The arrays and mapped devices the kernel runs now.
    package func running() throws(SystemError) -> RunningDevices {
        var running = RunningDevices()
        for name in try sys.list("block") ?? [] {
            if name.hasPrefix("md"), sys.exists("block/\(name)/md") { running.arrays.append(array(name)) }
            if name.hasPrefix("dm-"), let uuid = text("block/\(name)/dm/uuid") {
                running.mapped.append(
                    RunningDevices.Mapped(
                        node: mappedNode(name), uuid: uuid, raidStatus: raidStatus(name, uuid)))
            }
        }
        return running
    }

    private func mappedNode(_ name: String) -> String {
        text("block/\(name)/dm/name").map { "/dev/mapper/" + $0 } ?? Self.node(name)
    }

    private func raidStatus(_ name: String, _ uuid: String) -> DMRaidStatus? {
        guard uuid.hasPrefix("LVM-"), let device = text("block/\(name)/dev") else { return nil }
        return DMRaidStatus(ofDevice: device)
    }

    private func array(_ name: String) -> RunningDevices.Array {
        let directory = "block/\(name)/md"
        var members: [String: String] = [:]
        for entry in (try? sys.list(directory)) ?? [] where entry.hasPrefix("dev-") {
            members[String(entry.dropFirst("dev-".count))] = text("\(directory)/\(entry)/state") ?? ""
        }
        let activity = MDActivity(
            state: text("\(directory)/array_state"),
            degraded: text("\(directory)/degraded").flatMap { Int($0) },
            action: text("\(directory)/sync_action"), members: members,
            completed: text("\(directory)/sync_completed").flatMap { $0 == "none" ? nil : $0 })
        return RunningDevices.Array(
            node: Self.node(name), uuid: text("\(directory)/uuid").map(Self.arrayUUID),
            members: Set(members.keys.map(Self.node)), activity: activity)
    }

    // sysfs dashes it as RFC 9562 does; mdadm groups by eight.
    private static func arrayUUID(_ text: String) -> String {
        let digits = Array(text.hexDigits)
        return stride(from: 0, to: digits.count, by: 8).map { String(digits[$0..<min($0 + 8, digits.count)]) }
            .joined(separator: ":")
    }

    /// LUKS volumes that are open: their insides can be read as disks are.
    private func containers() -> [DiskSource] {
        let mapped = (try? running().mapped) ?? []
        return mapped.compactMap { device in
            // CRYPT-LUKS2-<32 digits>-<name> (dm_prepare_uuid in cryptsetup).
            let parts = device.uuid.split(separator: "-", maxSplits: 3)
            guard parts.count == 4, parts[0] == "CRYPT", parts[1].hasPrefix("LUKS"), parts[2].count == 32
            else {
                return nil
            }
            let digits = Array(parts[2])
            let uuid = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(
                separator: "-")
            return DiskSource(
                id: VolumeID("luks:\(uuid)"), kind: .container, path: device.node, node: device.node)
        }
    }

    // MARK: attributes

    private func text(_ path: String) -> String? {
        guard let bytes = bytes(path) else { return nil }
        return Self.trimmed(bytes.textToNUL)
    }

    private static func trimmed(_ text: String) -> String? {
        guard let first = text.firstIndex(where: { !$0.isWhitespace }),
            let last = text.lastIndex(where: { !$0.isWhitespace })
        else { return nil }
        return String(text[first...last])
    }

    private func number(_ path: String) -> UInt64? { text(path).flatMap { UInt64($0) } }

    // The size that sysfs gives for an attribute is not that of its text, and 0 for the pages of a SCSI disk.
    private func bytes(_ path: String) -> [UInt8]? {
        (try? sys.read(path, limit: 65536)) ?? nil
    }
}

extension DiskSource {
    /// Whether `wwid` is worldwide unique: vendors' own texts (`t10.`) are only with a serial number.
    fileprivate var hasUniqueName: Bool {
        guard let wwid else { return false }
        return wwid.hasPrefix("naa.") || wwid.hasPrefix("eui.") || wwid.hasPrefix("nvme.") || serial != nil
    }
}
