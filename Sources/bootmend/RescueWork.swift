import Changes
import Diagnosing
import Machine
import Report
import Surveying

/// One rescue, from the first look to the proof.
struct RescueWork {
    /// Who agrees to the plan.
    enum Mode {
        case show(saving: String?)
        case apply(Plan)
        case ask(unless: Bool)
    }

    let console: Console
    let target: TargetOptions
    let mode: Mode
    let options: PlanOptions
    let journal: String?

    func run() throws -> Int32 {
        try Target.closeLeftovers()
        let progress = Progress(console)
        let survey = try target.looking(console).survey(progress)
        let installation = try chosen(survey)
        let before = Diagnosis.of(survey, installation)
        var plan = plan(before, survey, installation)
        try checkConfirmed(plan)
        let isToOpen = plan.refusals.isEmpty && !plan.isEmpty
        let found = isToOpen ? Result { () throws(SystemError) in try Target.Way(survey, installation) } : nil
        if let way = try? found?.get() { plan.opens(by: way.change) }
        show(before, plan)
        if case .show(let path?) = mode { try SavedPlan.write(plan, to: path) }
        if case .show = mode { return unchanged(before, plan) }
        guard let way = try found?.get() else { return unchanged(before, plan) }
        if case .ask(unless: false) = mode, try !console.agrees(to: "Make these changes?") {
            return unchanged(before, plan)
        }
        let done = try Applying(console: console, progress: progress, way: way, journal: journal)
            .apply(plan, passphrase: try console.passphrase(from: target.passphraseFile))
        return try proof(before, plan, done, installation, progress)
    }

    private func chosen(_ survey: Survey) throws -> Installation {
        guard case .apply(let plan) = mode, target.root == nil else {
            return try Choosing(console: console, spec: target.root).installation(of: survey)
        }
        guard let installation = survey.installations.first(where: { $0.root.rawValue == plan.installation })
        else {
            throw Refusal(
                "the plan is for a system on '\(plan.installation)', and that is not here",
                hint: survey.lockedContainers.first.map(TextReport.locked))
        }
        return installation
    }

    private func plan(_ diagnosis: Diagnosis, _ survey: Survey, _ installation: Installation) -> Plan {
        guard case .apply(var saved) = mode else {
            return Plan.making(diagnosis, survey, installation, options)
        }
        // Reasons not to write are those of today.
        saved.refusals = Scene(survey, installation).reasonsNotToWrite
        return saved
    }

    // A name that was mistyped would leave the change out without a word.
    private func checkConfirmed(_ plan: Plan) throws(Refusal) {
        let devices = plan.confirmable
        guard let strange = options.confirmed.first(where: { !devices.contains($0) }) else { return }
        let hint =
            devices.isEmpty
            ? "nothing in it needs --confirm" : devices.map { "--confirm \($0)" }.joined(separator: ", or ")
        throw .usage("the plan has no change to confirm for '\(strange)'", hint: hint)
    }

    private func show(_ diagnosis: Diagnosis, _ plan: Plan) {
        guard !console.json else { return }
        let telling = TextReport.Telling(isQuiet: console.isQuiet, isVerbose: console.isVerbose)
        console.put(
            TextReport.diagnosis(diagnosis, telling, console.style) + "\n"
                + TextReport.plan(plan, of: diagnosis, asked: options, console.style) + "\n")
    }

    /// Nothing was applied: the status is the diagnosis's own.
    private func unchanged(_ before: Diagnosis, _ plan: Plan) -> Int32 {
        if console.json {
            let document = JSONReport.rescue(before: before, plan: plan, applied: [], after: nil, undoID: nil)
            console.put(document.text)
        }
        return ExitStatus.of(before.verdict)
    }

    /// Success is what a second look at the disks says.
    private func proof(
        _ before: Diagnosis, _ plan: Plan, _ done: Applying.Done, _ installation: Installation,
        _ progress: Progress
    ) throws -> Int32 {
        let survey = try target.looking(console).survey(progress)
        guard let again = survey.installations.first(where: { $0.root == installation.root }) else {
            throw Refusal(
                "after the changes the installed system was not found again",
                hint: done.id.map { "bootmend undo \($0)" })
        }
        let after = Diagnosis.of(survey, again)
        let undo = done.id.map { "To put everything back: bootmend undo \($0)" }
        let isImprovable = after.findings.contains { $0.remedies.contains { $0.purpose == .improvement } }
        let telling = TextReport.Telling(
            lead: "Looked at again.", isQuiet: console.isQuiet, isVerbose: console.isVerbose,
            next: isImprovable ? ["bootmend rescue --improve"] : [])
        console.answer(
            text: TextReport.diagnosis(after, telling, console.style)
                + (undo.map { TextReport.notes([$0], console.style) } ?? ""),
            json: JSONReport.rescue(
                before: before, plan: plan, applied: done.changes, after: after, undoID: done.id))
        return ExitStatus.of(after.verdict)
    }
}
