import BootFiles
import Bytes
import Storage

/// A copy of mdadm.conf, an image's, and what it makes of the arrays in use.
struct MdadmConfCopy {
    /// What becomes of an array that mdadm comes upon.
    enum Outcome: Sendable, Hashable {
        /// It comes up under the name that it should have.
        case named
        /// No line gives it that name.
        case unnamed
        /// mdadm leaves it alone.
        case hidden
    }

    private let lines: [ArrayNaming.ArrayLine]
    private let devices: DeviceWords

    /// Files that mdadm reads together.
    init(_ confs: [MdadmConf]) {
        lines = ArrayNaming.lines(of: confs.map { (path: "", conf: $0) })
        devices = DeviceWords(confs.flatMap(\.devices))
    }

    /// The array's line is right, and nothing keeps mdadm from one of its members.
    func isRight(for use: ArrayNaming.Use) -> Bool {
        devices.count(of: use.members) == nil && outcome(of: use) == .named
    }

    func outcome(of use: ArrayNaming.Use) -> Outcome {
        if let seen = devices.count(of: use.members), !use.array.starts(with: seen) { return .hidden }
        let digits = use.array.uuid.hexDigits
        let own = lines.filter { line in
            ArrayNaming.identification(of: use.array, digits, use.members, by: line) != nil
        }
        let isNamed = own.contains { line in
            !line.words.isIgnored
                && line.device.map { ArrayNaming.sameName($0, use.device) } ?? true
        }
        if isNamed { return .named }
        return own.contains(where: \.words.isIgnored) ? .hidden : .unnamed
    }
}
