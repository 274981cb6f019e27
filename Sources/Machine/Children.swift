import CLinux
import Glibc

/// How a child process ended, and what it said. A status other than 0 is a result, not an error.
package struct ChildResult: Sendable, Hashable {
    /// The exit status; 128 + n where signal n ended it.
    package var status: Int32
    /// Standard output alone, up to the limit asked for.
    package var output: [UInt8]
    /// The last ten lines it said, on either stream, in the order in which they came.
    package var complaint: String
    /// The time it was given ran out and it was killed.
    package var timedOut: Bool
    /// `Surroundings.stop` said so, and it was killed.
    package var stopped = false

    package var succeeded: Bool { status == 0 && !timedOut && !stopped }
    package var text: String { String(decoding: output, as: UTF8.self) }
}

/// Where and how a command runs.
package struct Surroundings: Sendable, Hashable {
    /// The root it is confined to; nil runs it in the rescue system.
    package var root: String?
    /// In a PID namespace of its own, with a fresh /proc mounted at `root`/proc: strays end with it.
    package var confined: Bool
    /// A file in the root that is shown as /proc/cmdline to what is confined there, if it is there.
    package static let commandLine = "/run/bootmend-cmdline"
    /// Milliseconds until it is killed.
    package var patience: Int
    /// Receives everything the child says, as it says it; its tail still goes into the result.
    package var log: Int32?
    /// Called about once a second while the child runs, with the seconds so far.
    package var onTick: (@Sendable (Int) -> Void)?
    /// Asked a few times a second while the child runs; true kills it.
    package var stop: (@Sendable () -> Bool)?

    package init(
        root: String? = nil, confined: Bool = false, patience: Int = 60_000, log: Int32? = nil,
        onTick: (@Sendable (Int) -> Void)? = nil, stop: (@Sendable () -> Bool)? = nil
    ) {
        self.root = root
        self.confined = confined
        self.patience = patience
        self.log = log
        self.onTick = onTick
        self.stop = stop
    }

    package static func == (one: Self, other: Self) -> Bool {
        one.root == other.root && one.confined == other.confined && one.patience == other.patience
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(root) }
}

extension Command {
    /// Runs it to its end.
    ///
    /// The child gets a short fixed environment, no descriptors but its standard ones, and `input` (or nothing) on its
    /// standard input. Throws where it cannot be started at all: the tool is not there, or fork fails.
    package func run(
        _ surroundings: Surroundings = Surroundings(), input: [UInt8] = [], limit: Int = 4 << 20
    ) throws(SystemError) -> ChildResult {
        let program = try locate(in: surroundings.root)
        var variables = [
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "HOME": "/root",
            "TERM": "dumb", "LVM_SUPPRESS_FD_WARNINGS": "1",
        ]
        variables.merge(environment) { $1 }
        let output = try Pipe()
        let complaint = try Pipe()
        let feed = input.isEmpty ? Descriptor(adopting: -1) : try Self.feed(input)
        let pid = try Spawning(
            arguments: [program] + arguments, environment: variables.map { "\($0.key)=\($0.value)" },
            root: surroundings.root, confined: surroundings.confined, isAlone: true,
            input: feed.number, output: output.writer, error: complaint.writer
        ).start()
        withExtendedLifetime(feed) {}
        output.closeWriter()
        complaint.closeWriter()
        // The optimizer may end an owner after its last use, and with it the descriptor that is still being read.
        return withExtendedLifetime((output, complaint)) {
            var watch = ChildWatch(pid, surroundings, limit: limit)
            return watch.run(output: output.reader, complaint: complaint.reader)
        }
    }

    // A file in memory, not a pipe: no reader is too slow for it, and none that goes away raises SIGPIPE.
    private static func feed(_ input: [UInt8]) throws(SystemError) -> Descriptor {
        let file = Descriptor(
            adopting: try check(negative: bm_memory_file("input"), "make", "a file in memory"))
        try file.write(input, at: 0, of: "standard input")
        return file
    }

    /// The program's path in the tool directories of `root`, as seen from inside.
    package func locate(in root: String?) throws(SystemError) -> String {
        let inside = try RootDirectory(root ?? "/")
        for directory in Tool.directories {
            let path = directory + "/" + tool.rawValue
            if let entry = try inside.entry(path), entry.kind == .file, entry.mode & 0o111 != 0 {
                return path
            }
        }
        throw SystemError(
            "run", tool.rawValue,
            detail: root == nil
                ? "this rescue system has no such program" : "the installed system has no such program",
            hint: root == nil ? "install the package '\(tool.package)'" : nil)
    }
}
