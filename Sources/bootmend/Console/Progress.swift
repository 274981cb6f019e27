import Machine
import Report
import Synchronization

/// One line per phase on standard error: written when it starts, completed with a mark and the time.
///
/// Serial lines know no cursor addressing, but a carriage return works on all of them. Where standard error is no
/// terminal, there are plain lines at the start and the end, and one every 30 seconds between them.
final class Progress: Sendable {
    private struct Phase {
        var title: String
        var started: Int64
        var turned = 0
    }

    private let isTold = Mutex(false)
    private let phase = Mutex<Phase?>(nil)
    private let terminal = Terminal()
    private let style: Style
    private let isSilent: Bool
    private let isTerminal: Bool

    init(_ console: Console) {
        style = console.sideStyle
        isSilent = console.isQuiet
        isTerminal = terminal.isTerminal(.error)
    }

    /// Begins a phase; the one before it is done.
    func begin(_ title: String) {
        end(.ok)
        let started = Phase(title: title, started: Clock.milliseconds())
        phase.withLock { $0 = started }
        if isTerminal { draw(started) } else { write(TextReport.phase(title, .started, nil, style)) }
    }

    /// Ends the phase with a mark; nothing where none is under way.
    func end(_ mark: Mark) {
        guard
            let ended = phase.withLock({ phase in
                defer { phase = nil }; return phase
            })
        else { return }
        let seconds = Int((Clock.milliseconds() - ended.started) / 1000)
        if isTerminal { write("\r") }
        // In a log the line that said what begins is enough for what went well at once.
        if isTerminal || seconds > 0 || mark != .ok {
            write(TextReport.phase(ended.title, .ended(mark), seconds, style))
        }
    }

    /// Called about once a second while something long runs.
    func tick() {
        let current = phase.withLock { phase -> Phase? in
            phase?.turned += 1
            return phase
        }
        guard let current else { return }
        if isTerminal {
            write("\r")
            draw(current)
        } else if current.turned % 30 == 0 {
            let seconds = Int((Clock.milliseconds() - current.started) / 1000)
            write(TextReport.phase(current.title, .running, seconds, style))
        }
    }

    /// A line of its own in the middle of a phase; the phase is drawn again below it.
    func note(_ text: String) {
        let current = phase.withLock(\.self)
        if isTerminal, current != nil { write("\r" + TextReport.blank(style) + "\r") }
        try? terminal.write(text, to: .error)
        if isTerminal, let current { draw(current) }
    }

    /// A note that is made only once, however often it is asked for.
    func noteOnce(_ text: String) {
        let isFirst = isTold.withLock { told in
            defer { told = true }
            return !told
        }
        if isFirst { note(TextReport.warning(text, style)) }
    }

    private func draw(_ phase: Phase) {
        write(TextReport.running(phase.title, turned: phase.turned, style))
    }

    private func write(_ text: String) {
        if !isSilent { try? terminal.write(text, to: .error) }
    }
}
