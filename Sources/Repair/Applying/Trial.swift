import Changes
import Machine

extension Application {
    /// Whether programs of the installed system run here at all, tried with the one that does nothing.
    ///
    /// A medium may have a 32-bit kernel, one that is too old for the system's C library, or processors that lack what its
    /// programs were built for (x86-64-v3): that is known here before the first change, and not in the middle of a tool.
    func tryPrograms() throws {
        guard changes.contains(where: { $0.change.command != nil }) else { return }
        let program: String
        // What is not there tells nothing of those that are.
        do { program = try Command(.true).locate(in: target.root) } catch { return }
        let hint = "start a rescue medium for the installed system's architecture, as new as that system is"
        do {
            let result = try Command(.true).run(Surroundings(root: target.root, confined: true))
            guard !result.succeeded else { return }
            throw RepairFailure(
                "no program of the installed system runs here: '\(program)' ended with \(result.status)",
                hint: hint, lines: result.complaint.split(separator: "\n").map(String.init))
        } catch let error as SystemError {
            throw RepairFailure("no program of the installed system runs here: \(error)", hint: hint)
        }
    }
}
