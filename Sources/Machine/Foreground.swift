import Glibc

/// A program that has the terminal to itself: a shell, or one command of it.
package struct Foreground: Sendable, Hashable {
    /// The program's path as seen from inside `root`, and its arguments.
    package var arguments: [String]
    package var environment: [String: String]
    /// The root it is confined to; nil runs it in the rescue system.
    package var root: String?
    /// In a PID namespace of its own, with a fresh /proc at `root`/proc: what it leaves running ends with it.
    package var confined: Bool

    package init(_ arguments: [String], environment: [String: String], root: String?, confined: Bool = true) {
        self.arguments = arguments
        self.environment = environment
        self.root = root
        self.confined = confined
    }

    /// Runs it to its end and answers its status, 128 + n where signal n ended it.
    ///
    /// It keeps the terminal, the session and the three standard streams. Ctrl-C is for it alone meanwhile: this
    /// process has to be there afterwards to take things down.
    package func run() throws(SystemError) -> Int32 {
        let pid = try Spawning(
            arguments: arguments,
            environment: environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }, root: root,
            confined: confined, isAlone: false
        ).start()
        let interrupt = signal(SIGINT, SIG_IGN)
        let quit = signal(SIGQUIT, SIG_IGN)
        defer {
            signal(SIGINT, interrupt)
            signal(SIGQUIT, quit)
        }
        var status: Int32 = 0
        try check(minusOne: { waitpid(pid, &status, 0) }, "wait for", arguments.first ?? "")
        let number = status & 0x7f
        return number == 0 ? (status >> 8) & 0xff : 128 + number
    }
}
