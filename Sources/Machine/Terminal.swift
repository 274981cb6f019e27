import CLinux
import Glibc

/// The person's side: standard streams, their width, questions and answers.
package struct Terminal: Sendable {
    /// Standard output or standard error.
    package enum Stream: Int32, Sendable { case output = 1, error = 2 }

    package init() {}

    package func isTerminal(_ stream: Stream) -> Bool { isatty(stream.rawValue) == 1 }

    /// Questions can be asked: standard input is a terminal.
    package var canAsk: Bool { isatty(0) == 1 }

    /// Columns to wrap at: the terminal's, 80 where it does not say, never below 60.
    package func columns(_ stream: Stream) -> Int {
        let columns = Int(bm_columns(stream.rawValue))
        return columns == 0 ? 80 : max(60, columns)
    }

    /// A variable of bootmend's own environment.
    package func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// Writes all of `text`; a reader that went away is not an error here, a full disk behind the stream is.
    package func write(_ text: String, to stream: Stream) throws(SystemError) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let put = rest.withUnsafeBytes { Glibc.write(stream.rawValue, $0.baseAddress, $0.count) }
            if put < 0 && errno == EINTR { continue }
            if put < 0 && errno == EAGAIN {
                // Whoever shares the terminal may have made it non-blocking; a slow serial line is waited for.
                var ready = pollfd(fd: stream.rawValue, events: Int16(POLLOUT), revents: 0)
                _ = poll(&ready, 1, 1000)
                continue
            }
            if put < 0 && errno == EPIPE { return }
            guard put > 0 else {
                throw SystemError(
                    "write to", stream == .output ? "standard output" : "standard error", number: errno)
            }
            rest = rest.dropFirst(put)
        }
    }

    /// One line from standard input without its newline; nil at its end.
    package func readLine() -> String? {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while true {
            let got = read(0, &byte, 1)
            if got < 0 && errno == EINTR { return nil }
            guard got == 1 else { return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self) }
            if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
            guard bytes.count < 65536 else { return nil }
        }
    }

    /// Shows what is typed again, after a question for a secret that was cut short.
    package func showTyping() { if canAsk { _ = bm_echo(0, 1) } }

    /// Asks on standard error and reads the answer; nil where there is no terminal or no answer.
    package func ask(_ question: String, secret: Bool = false) -> String? {
        guard canAsk else { return nil }
        try? write(question, to: .error)
        if secret { _ = bm_echo(0, 0) }
        defer {
            if secret {
                _ = bm_echo(0, 1)
                try? write("\n", to: .error)
            }
        }
        return readLine()
    }
}
