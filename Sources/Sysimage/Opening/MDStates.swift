import Glibc
import Machine

/// What the kernel says of its MD arrays, from /sys/block/md*/md.
struct MDStates: Sendable {
    private let sys: String

    init(sys: String = "/sys") { self.sys = sys }

    /// Nodes of the arrays that are put together and not started.
    func inactive() -> Set<String> { Set(arrays().filter(isInactive(name:)).map { "/dev/" + $0 }) }

    /// Those of them that hold one of these devices.
    func inactive(holding nodes: [String]) -> [String] {
        let wanted = Set(nodes.map(kernelName))
        return arrays().filter { name in
            isInactive(name: name) && !wanted.isDisjoint(with: list("block/\(name)/slaves"))
        }
        .map { "/dev/" + $0 }
    }

    /// The node is an array's, and the array does not run.
    func isInactive(_ node: String) -> Bool { isInactive(name: kernelName(node)) }

    private func arrays() -> [String] { list("block").filter { $0.hasPrefix("md") } }

    private func isInactive(name: String) -> Bool {
        guard name.hasPrefix("md") else { return false }
        // sysfs files have no size: read, not asked (md.rst, array_state).
        guard let file = try? Descriptor(opening: "\(sys)/block/\(name)/md/array_state", O_RDONLY),
            let bytes = try? file.read(at: 0, count: 64, of: name)
        else { return false }
        let state = String(decoding: bytes.prefix { $0 != 0x0a }, as: UTF8.self)
        return state == "inactive" || state == "clear"
    }

    private func list(_ directory: String) -> [String] {
        guard let root = try? RootDirectory(sys), let names = try? root.list(directory) else { return [] }
        return names
    }

    /// `md127` for /dev/md/boot.
    private func kernelName(_ node: String) -> String {
        guard let real = realpath(node, nil) else {
            return node.split(separator: "/").last.map(String.init) ?? node
        }
        defer { free(real) }
        return String(cString: real).split(separator: "/").last.map(String.init) ?? node
    }
}
