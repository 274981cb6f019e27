/// What the body of an entry is read for.
enum Role {
    case link(above: [UInt8], name: String)
    case text(String)
    case dependencies, dependencyIndex, builtIn, builtInIndex

    /// What depmod's files are read for.
    init?(moduleIndex name: String) {
        switch name {
        case "modules.dep": self = .dependencies
        case "modules.dep.bin": self = .dependencyIndex
        case "modules.builtin": self = .builtIn
        case "modules.builtin.bin": self = .builtInIndex
        default: return nil
        }
    }

    /// The longest body that is read.
    var limit: UInt32 {
        switch self {
        case .link: 4096
        case .text: UInt32(InitramfsTexts.readLimit)
        case .dependencies, .dependencyIndex, .builtIn, .builtInIndex: 8 << 20
        }
    }

    /// What messages call it, where its absence is worth one.
    var title: String? {
        switch self {
        case .link: nil
        case .text(let path): path
        case .dependencies: "modules.dep"
        case .dependencyIndex: "modules.dep.bin"
        case .builtIn: "modules.builtin"
        case .builtInIndex: "modules.builtin.bin"
        }
    }
}

/// The names of one file that an archive carries once: GNU cpio gives the body with the last of them, others with the
/// first.
struct HardLinks {
    private struct File: Hashable { var inode, major, minor: UInt32 }

    /// What waits for a body.
    private var waiting: [File: [Role]] = [:]
    /// Bodies that went by unread.
    private var passed: Set<File> = []

    private static var most: Int { 65536 }
    // What is waited for is a text or an index: some dozens in a real image.
    private static var mostWaiting: Int { 4096 }
    private var waitingCount = 0

    /// The roles of a body, those of its other names among them, if this entry carries it.
    mutating func roles(of header: CpioHeader, here: [Role], leftOut: inout [String]) -> [Role] {
        guard header.kind == .file, header.links > 1 else { return here }
        let file = File(inode: header.inode, major: header.major, minor: header.minor)
        if header.bodySize > 0 {
            let all = here + (waiting.removeValue(forKey: file) ?? [])
            if passed.count < Self.most { passed.insert(file) }
            return all
        }
        if passed.contains(file) {
            leftOut += here.compactMap(\.title).prefix(leftOut.count < 16 ? 1 : 0)
                .map { "'\($0)', whose text stands under another name" }
        } else if !here.isEmpty, waitingCount < Self.mostWaiting {
            waiting[file, default: []] += here
            waitingCount += here.count
        }
        return []
    }
}
