import CLinux

/// How a program is started: what it is told, where, and who it shares a session with.
struct Spawning {
    /// Its path as seen from inside `root`, and its arguments.
    var arguments: [String]
    /// `NAME=value`.
    var environment: [String]
    var root: String?
    /// In a PID namespace of its own, with a fresh /proc at `root`/proc.
    var confined: Bool
    /// In a session of its own, away from the terminal.
    var isAlone: Bool
    var input: Int32 = 0
    var output: Int32 = 1
    var error: Int32 = 2

    func start() throws(SystemError) -> pid_t {
        let vector = CStrings(arguments)
        let variables = CStrings(environment)
        let proc = confined ? (root ?? "") + "/proc" : nil
        // A system that is entered sees what it was started with itself.
        let commandLine = confined ? root.map { _ in Surroundings.commandLine } : nil
        let pid = withOptionalCString(root) { root in
            withOptionalCString(proc) { proc in
                withOptionalCString(commandLine) { commandLine in
                    var child = bm_child()
                    child.arguments = UnsafePointer(vector.pointer)
                    child.environment = UnsafePointer(variables.pointer)
                    child.root = root
                    child.input = input
                    child.output = output
                    child.error = error
                    child.new_session = isAlone ? 1 : 0
                    child.pid_namespace = confined ? 1 : 0
                    child.proc = proc
                    child.command_line = commandLine
                    return bm_spawn(&child)
                }
            }
        }
        return try check(negative: pid, "run", arguments.first ?? "")
    }
}
