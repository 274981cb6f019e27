import Glibc
import Machine

/// A shell, or one command, inside a mounted tree, with the terminal that bootmend was started from.
package struct TreeShell: Sendable, Hashable {
    package let tree: MountedTree
    /// What the prompt calls the system.
    package let host: String
    /// The terminal's type, kept so that vi and less work.
    package let terminal: String?

    package init(in tree: MountedTree, host: String, terminal: String?) {
        self.tree = tree
        self.host = host
        self.terminal = terminal
    }

    /// Runs `command`, or a shell where it is empty, and answers its exit status.
    package func run(_ command: [String] = []) throws(SystemError) -> Int32 {
        let root = try RootDirectory(tree.path)
        let shell = ["/bin/bash", "/usr/bin/bash", "/bin/sh", "/usr/bin/sh"].first { path in
            (try? root.entry(path)).map { $0.kind == .file && $0.mode & 0o111 != 0 } ?? false
        }
        guard let shell else {
            throw SystemError("run a shell in", tree.path, detail: "the installed system has none")
        }
        var environment = [
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root",
            "USER": "root",
            "LOGNAME": "root", "SHELL": shell, "TERM": terminal ?? "dumb", "BOOTMEND_SYSIMAGE": tree.path,
        ]
        let isBash = shell.hasSuffix("/bash")
        var arguments = [shell]
        if command.isEmpty {
            // On the tree's own /run, which is memory: no file of the installed system is touched.
            if let file = startFile() {
                arguments += isBash ? ["--rcfile", file, "-i"] : ["-i"]
                if !isBash { environment["ENV"] = file }
            } else {
                arguments.append("-i")
                environment["PS1"] = Self.prompt(host)
            }
        } else {
            // Through the shell for the search in PATH alone; "$@" keeps every word as it was given.
            arguments += ["-c", "exec \"$@\"", "bootmend"] + command
        }
        let mask = umask(0o022)
        defer { umask(mask) }
        return try Foreground(arguments, environment: environment, root: tree.path).run()
    }

    static func prompt(_ host: String) -> String {
        let plain = host.filter { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "." }
        return "(sysimage) \(plain.isEmpty ? "root" : plain):$PWD# "
    }

    private func startFile() -> String? {
        let inside = "/run/bootmend-shell"
        guard let place = try? ResolvedPath(directory: "/run", in: RootDirectory(tree.path)).path,
            tree.mounts.contains(place),
            let file = try? Descriptor(
                opening: place + "/bootmend-shell", O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW)
        else { return nil }
        // The system's own settings first, since they would set the prompt again.
        let text =
            "[ -f ~/.bashrc ] && [ -n \"$BASH\" ] && . ~/.bashrc\nunset PROMPT_COMMAND\nPS1='\(Self.prompt(host))'\n"
        guard (try? file.write(Array(text.utf8), at: 0, of: inside)) != nil else { return nil }
        return inside
    }
}
