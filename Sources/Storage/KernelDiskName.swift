/// What the kernel calls a disk or a partition by the order in which it finds disks: `/dev/sda1`, `/dev/nvme0n1p2`.
///
/// Letters count as sd_format_disk_name of drivers/scsi/sd.c does, nvme and mmcblk by number.
package struct KernelDiskName: Sendable, Hashable {
    /// The disk's place among those of its kind, from 0.
    let place: Int
    /// The partition's number; nil for the whole disk.
    let partition: Int?
    /// `/dev/sd`, `/dev/nvme`.
    private let kind: String

    package init?(_ path: String) {
        if let (kind, rest) = Self.parts(of: path, ["/dev/sd", "/dev/vd", "/dev/hd", "/dev/xvd"]) {
            let letters = rest.prefix { ("a"..."z").contains($0) }
            let digits = rest.dropFirst(letters.count)
            guard (1...3).contains(letters.count), digits.isEmpty || Self.number(digits) != nil else {
                return nil
            }
            place =
                letters.unicodeScalars.reduce(0) { $0 * 26 + Int($1.value - UnicodeScalar("a").value) + 1 }
                - 1
            partition = Self.number(digits)
            self.kind = kind
        } else if let (kind, rest) = Self.parts(of: path, ["/dev/nvme", "/dev/mmcblk"]) {
            let parts = rest.split(separator: "p", omittingEmptySubsequences: false)
            guard (1...2).contains(parts.count),
                let place = Self.number(path.hasPrefix("/dev/nvme") ? parts[0].dropLast(2) : parts[0]),
                !path.hasPrefix("/dev/nvme") || parts[0].hasSuffix("n1"),
                parts.count == 1 || Self.number(parts[1]) != nil
            else { return nil }
            self.place = place
            partition = parts.count == 2 ? Self.number(parts[1]) : nil
            self.kind = kind
        } else {
            return nil
        }
    }

    /// What the same partition is called once its disk is found at another place.
    package func moved(to place: Int) -> String {
        let number = partition.map(String.init) ?? ""
        if ["/dev/nvme", "/dev/mmcblk"].contains(kind) {
            return kind + "\(place)" + (kind == "/dev/nvme" ? "n1" : "")
                + (number.isEmpty ? "" : "p" + number)
        }
        var letters = ""
        var rest = place + 1
        while rest > 0 {
            letters = String(UnicodeScalar(UInt8(ascii: "a") + UInt8((rest - 1) % 26))) + letters
            rest = (rest - 1) / 26
        }
        return kind + letters + number
    }

    /// What is found under this name once these disks are gone goes by another now: those behind a disk move up.
    func present(without vacated: Set<KernelDiskName>) -> String {
        let places = vacated.filter { $0.kind == kind }.map(\.place).sorted()
        return moved(to: places.reduce(place) { $1 <= $0 ? $0 + 1 : $0 })
    }

    /// It is of the same kind and found later.
    func isBehind(_ other: KernelDiskName) -> Bool { kind == other.kind && place > other.place }

    private static func parts(of path: String, _ kinds: [String]) -> (String, Substring)? {
        kinds.first(where: path.hasPrefix).map { ($0, path.dropFirst($0.count)) }
    }

    private static func number(_ digits: Substring) -> Int? {
        digits.count <= 4 && digits.allSatisfy { $0.isASCII && $0.isNumber } ? Int(digits) : nil
    }
}
