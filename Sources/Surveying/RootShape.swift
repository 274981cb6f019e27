import Machine

/// What kind of tree a filesystem holds, judged by the files that are there and not by what fstab says.
enum RootShape: Sendable, Hashable {
    /// An installed system.
    case root
    /// It looks like part of one, and is not taken for it: why.
    case implausible(String)
    /// Nothing of a root.
    case other

    init(_ tree: RootDirectory) {
        let etc = Self.isDirectory(tree, "/etc")
        let release = tree.exists("/etc/os-release") || tree.exists("/usr/lib/os-release")
        let modules = ["/lib/modules", "/usr/lib/modules"].contains { (try? tree.list($0))?.isEmpty == false }
        if Self.isDirectory(tree, "/ostree/deploy") && !(etc && release) {
            self = .implausible(
                "an ostree system: its roots lie in /ostree/deploy, and bootmend does not repair those")
        } else if ["/LiveOS", "/live", "/casper", "/arch/boot"].contains(where: { Self.isDirectory(tree, $0) }
        ) && !etc {
            self = .implausible("a live medium")
        } else if release && !etc {
            // A separate /usr carries /lib/os-release (its own root is elsewhere); so does a container's image.
            self = .implausible("it has an os-release and no /etc: a /usr or an image, not a root")
        } else if etc && release && (tree.exists("/etc/fstab") || modules) {
            self = .root
        } else if etc && (tree.exists("/etc/fstab") || modules) {
            // Before os-release(5), and where /usr is a filesystem of its own and /etc/os-release a link into it.
            let old = ["/etc/redhat-release", "/etc/SuSE-release", "/etc/debian_version"].contains(
                where: tree.exists)
            self =
                old || Self.isLink(tree, "/etc/os-release")
                ? .root : .implausible("it has an /etc and no os-release")
        } else if etc && release {
            self = .implausible(
                "it has an os-release, and neither /etc/fstab nor kernel modules: a container's tree")
        } else if release || Self.isDirectory(tree, "/usr/bin") {
            self = .implausible("parts of a system without its /etc")
        } else {
            self = .other
        }
    }

    private static func isDirectory(_ tree: RootDirectory, _ path: String) -> Bool {
        (try? tree.entry(path))?.kind == .directory
    }

    private static func isLink(_ tree: RootDirectory, _ path: String) -> Bool {
        (try? tree.link(path)).flatMap { $0 } != nil
    }
}
