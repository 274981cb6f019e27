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
        case apply(SavedPlan)
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
        var survey = try target.looking(console).survey(progress)
        var installation = try chosen(survey)
        var finished: Set<String> = []
        while let run = try runToFinish(installation), finished.insert(run.id).inserted {
            try finish(run, survey, installation, progress)
            survey = try target.looking(console).survey(progress)
            installation = try chosen(survey)
        }
        if case .apply(let saved) = mode { try refuseDrift(since: saved, survey, installation) }
        let before = Diagnosis.of(survey, installation)
        var plan = plan(before, survey, installation)
        try checkConfirmed(plan)
        let isToOpen = plan.refusals.isEmpty && !plan.isEmpty
        let found = isToOpen ? Result { () throws(SystemError) in try way(survey, installation) } : nil
        if let way = try? found?.get() { plan.opens(by: way.change) }
        show(before, plan)
        if case .show(let path?) = mode { try SavedPlan.write(plan, madeFrom: survey, to: path) }
        if case .show = mode { return unchanged(before, plan) }
        guard let way = try found?.get() else { return unchanged(before, plan) }
        if case .ask(unless: false) = mode, try !console.agrees(to: "Make these changes?") {
            return unchanged(before, plan)
        }
        let done = try applying(way, progress, allowsCutShort: options.forced.contains(.cutShort))
            .apply(plan, passphrase: try console.passphrase(from: target.passphraseFile))
        return try proof(before, plan, done, installation, progress)
    }

    private func chosen(_ survey: Survey) throws -> Installation {
        guard case .apply(let saved) = mode, target.root == nil else {
            return try Choosing(console: console, spec: target.root).installation(of: survey)
        }
        guard
            let installation = survey.installations.first(where: {
                $0.root.rawValue == saved.plan.installation
            })
        else {
            throw Refusal(
                "the plan is for a system on '\(saved.plan.installation)', and that is not here",
                hint: survey.lockedContainers.first.map(TextReport.locked))
        }
        return installation
    }

    private func plan(_ diagnosis: Diagnosis, _ survey: Survey, _ installation: Installation) -> Plan {
        guard case .apply(let saved) = mode else {
            return Plan.making(diagnosis, survey, installation, options)
        }
        var plan = saved.plan
        // Reasons not to write are those of today.
        plan.refusals = Scene(survey, installation).refusals(forced: options.forced)
        return plan
    }

    private func refuseDrift(since saved: SavedPlan, _ survey: Survey, _ installation: Installation)
        throws(Refusal)
    {
        let drift = Drift.since(
            saved.plan, saved.survey, in: survey.withoutSecrets(), of: installation)
        guard !drift.isEmpty else { return }
        throw Refusal(
            "the plan is not applied: what it was made from has changed since\n"
                + drift.map { "  \($0)" }.joined(separator: "\n"),
            hint: "make it again with 'bootmend rescue --plan -o FILE'")
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
        var diagnosis = diagnosis
        // The plan says it, too.
        if !plan.refusals.isEmpty { diagnosis.refusals = [] }
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
        let status = ExitStatus.of(before.verdict)
        // What was asked for was not done, although it boots.
        return plan.refusals.isEmpty ? status : max(status, 1)
    }

    /// Changes that did harm are not left to be found out at the next boot. Those that cannot be taken back were agreed to
    /// by name.
    private func takeBack(
        _ done: Applying.Done, _ losses: [String], _ survey: Survey, _ installation: Installation,
        _ progress: Progress
    ) throws {
        guard let id = done.id, !losses.isEmpty else { return }
        for loss in losses { console.warn("after the changes: " + loss) }
        let isAll = done.changes.allSatisfy { $0.isUndoable || $0.kind == "open" }
        guard isAll, try !isAsking || console.agrees(to: "Put everything back?") else { return }
        // What speaks against writing now may be what the changes did.
        let way = try Target.Way(survey, installation, allowing: Set(PlanRefusal.Reason.allCases))
        let report = try applying(way, progress, allowsCutShort: true)
            .takingBack(id, try console.passphrase(from: target.passphraseFile))
        for failure in report.failures { console.warn("not put back: \(failure)") }
        let state = report.isComplete ? "everything was put back" : "not everything could be put back"
        throw Refusal(
            "the changes made it worse, and \(state): \(losses.joined(separator: "; "))",
            hint: report.isComplete ? nil : "bootmend undo \(id)",
            status: report.isComplete ? ExitStatus.rolledBack : ExitStatus.stuck)
    }

    private func way(_ survey: Survey, _ installation: Installation) throws(SystemError) -> Target.Way {
        try Target.Way(survey, installation, forced: options.forced)
    }

    private func applying(_ way: Target.Way, _ progress: Progress, allowsCutShort: Bool) -> Applying {
        Applying(
            console: console, progress: progress, way: way, journal: journal, allowsCutShort: allowsCutShort)
    }

    /// A rescue that was cut short, of which the person wants to keep what it did and go on.
    private func runToFinish(_ installation: Installation) throws -> CutShortRun? {
        guard case .ask(let isAgreed) = mode, !options.forced.contains(.cutShort),
            let run = installation.cutShort?.first, !run.isStuck
        else { return nil }
        console.warn("an earlier rescue, \(run.id), was cut short at '\(run.title)'")
        return try isAgreed || console.agrees(to: "Keep what it did before that, and go on?") ? run : nil
    }

    /// The change in the middle of which a rescue was cut short is taken back; what is left is then seen anew.
    private func finish(
        _ run: CutShortRun, _ survey: Survey, _ installation: Installation, _ progress: Progress
    ) throws {
        let way = try Target.Way(survey, installation, forced: options.forced.union([.cutShort]))
        let report = try applying(way, progress, allowsCutShort: true)
            .finishing(run.id, try console.passphrase(from: target.passphraseFile))
        guard report.isComplete else {
            for failure in report.failures { console.warn("not put back: \(failure)") }
            let isChanged = report.items.contains { $0.result == .changedSince }
            throw Refusal(
                isChanged
                    ? "rescue \(run.id) is not finished: what it had begun has been changed since"
                    : "rescue \(run.id) cannot be finished",
                hint: isChanged
                    ? "leave that as it is with 'bootmend rescue --force cut-short'"
                    : "bootmend undo \(run.id)",
                status: ExitStatus.stuck)
        }
    }

    private var isAsking: Bool { if case .ask(unless: false) = mode { true } else { false } }

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
        try takeBack(done, after.losses(since: before), survey, again, progress)
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
