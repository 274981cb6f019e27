import Diagnosing
import Report

/// Prints a diagnosis and turns it into a status, the same for every verb that judges.
struct Answer {
    private let console: Console

    init(_ console: Console) { self.console = console }

    /// `next` is shown only where there is something to mend; with `proofs`, each step that is done says what proves it.
    func diagnosis(
        _ diagnosis: Diagnosis, lead: String? = nil, next: [String], changes: [String]? = nil,
        proofs: Bool = false
    ) -> Int32 {
        let mendable = diagnosis.findings.contains { $0.remedies.contains { !$0.isByHand } }
        let improvable = diagnosis.findings.contains { $0.remedies.contains { $0.purpose == .improvement } }
        let onlyImproves =
            improvable
            && !diagnosis.findings.contains { $0.remedies.contains { $0.purpose == .redo && !$0.isByHand } }
        let commands = mendable ? next.map { onlyImproves ? $0 + " --improve" : $0 } : []
        let telling = TextReport.Telling(
            lead: lead, isQuiet: console.isQuiet, isVerbose: console.isVerbose || proofs,
            next: commands)
        console.answer(
            text: TextReport.diagnosis(diagnosis, telling, console.style)
                + (changes.map { TextReport.notes($0, console.style) } ?? ""),
            json: JSONReport.diagnosis(diagnosis, changes: changes))
        return ExitStatus.of(diagnosis.verdict)
    }
}
