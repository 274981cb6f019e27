import BootFiles
import Changes
import Distributions
import Machine
import Storage
import Surveying

/// The kernel command line, in every place where it is written down: each parameter leads to what it should.
enum CmdlineStep: MigrationStep {
    static let id = StepID.cmdline

    static func examine(_ scene: Scene) -> Examination {
        guard scene.boot != nil else {
            return Examination(.unknown, reason: scene.whyNoBoot)
        }
        guard !scene.installation.readUnreplayed else { return Examination(.unknown, reason: "dirty-log") }
        let lines = CommandLines(scene)
        guard !lines.wrong.isEmpty else {
            guard let unread = lines.unread else {
                let isRightEverywhere = lines.onlyGenerated.isEmpty && lines.onlyInImages.isEmpty
                return Examination(.done, reason: isRightEverywhere ? proof(scene) : nil)
            }
            return Examination(
                .unknown, reason: "\(unread) was not read: what its words mean to it is not known")
        }
        let remedies = [correction(lines.wrong, scene)].compactMap { $0 }
        let findings = lines.wrong.map { finding($0, remedies, scene) }
        return Examination(.stale, findings: findings)
    }

    private static func proof(_ scene: Scene) -> String? {
        scene.started.commandLine?.value(of: "root").map { "root=\($0) is this system's root" }
    }

    // Right parameters have nothing to be written again.
    static func redo(_ scene: Scene) -> [Remedy] { Array(Set(examine(scene).findings.flatMap(\.remedies))) }

    private static func finding(
        _ wrong: CommandLines.Wrong, _ remedies: [Remedy], _ scene: Scene
    ) -> Finding {
        let problem = wrong.problem
        let stops = problem.stops && wrong.places.contains(where: \.starts)
        return Finding(
            id: "cmdline.\(problem.word)", step: id, severity: stops ? .blocker : .warning,
            summary: problem.summary, symptom: problem.symptom,
            evidence: wrong.places.map { place in
                Evidence(
                    path: place.path, line: place.line,
                    seen: problem.seen, expected: problem.new)
            }, remedies: remedies + unified(wrong.places, scene))
    }

    // Who builds them, dracut, ukify or kernel-install, and who signs them, only the person knows.
    private static func unified(_ places: [CommandLinePlace], _ scene: Scene) -> [Remedy] {
        let kernels = places.compactMap { place in
            if case .unifiedImage(let kernel) = place.kind { kernel } else { nil }
        }
        guard !kernels.isEmpty else { return [] }
        return [
            .byHand(
                id, title: "Build the unified kernel image again",
                lines: Set(kernels).sorted().map { kernel in
                    let file = scene.boot?.kernels.first { $0.version == kernel }?.file
                    let image = file.map(scene.bootPath) ?? "/lib/modules/\(kernel)/vmlinuz"
                    return "kernel-install add \(kernel) \(image)"
                },
                why: "how it is built and signed is not written down in it")
        ]
    }

    // MARK: The correction: each source where it stands, then what is made from the sources

    private static func correction(_ wrong: [CommandLines.Wrong], _ scene: Scene) -> Remedy? {
        var texts: [String: (was: String, text: String)] = [:]
        var order: [String] = []
        var environments: [String: String] = [:]
        var rebuilt: Set<String> = []
        var generates = false
        for (problem, place) in wrong.flatMap({ wrong in wrong.places.map { (wrong.problem, $0) } }) {
            switch place.kind {
            case .text(let was, let lines):
                let text = texts[place.path]?.text ?? was
                guard let edited = edited(text, lines, problem) else { continue }
                if texts[place.path] == nil { order.append(place.path) }
                texts[place.path] = (was, edited)
                generates = generates || place.feedsGrubConfig
            case .initramfsConf(let was, let line):
                guard let old = problem.old?.value else { continue }
                let text = texts[place.path]?.text ?? was
                let new = problem.new?.value ?? (problem.word == "no-such-resume" ? "none" : "")
                guard let edited = KernelCommandLine.replacing(old, with: new, onLine: line, of: text) else {
                    continue
                }
                if texts[place.path] == nil { order.append(place.path) }
                texts[place.path] = (was, edited)
                rebuilt.formUnion(scene.boot.map { InitramfsStep.bootable($0, scene) } ?? [])
            case .environment(let value):
                let text = environments[place.path] ?? value
                let isThere =
                    problem.old == nil && text.split(separator: " ").contains { $0 == problem.new ?? "" }
                environments[place.path] = isThere ? text : edited(text, [1], problem)
            case .image(let kernel): rebuilt.insert(kernel)
            case .generated, .unknownText, .unifiedImage: continue
            }
        }
        var changes = order.compactMap { path in
            texts[path].map { Change.writeFile(path: path, text: $0.text, was: $0.was, mode: 0o644) }
        }
        // The tool keeps the block at its 1024 bytes.
        changes += environments.sorted { $0.key < $1.key }.map { path, value in
            .run(
                command: Command(scene.distribution.editenv, path, "set", "kernelopts=" + value),
                touching: [path])
        }
        if !environments.isEmpty { changes += LoaderRedo.copiesOfMenu(scene) }
        // A menu that has them too is made from what was corrected.
        let isGenerated = wrong.contains { $0.places.contains { $0.kind == .generated } }
        if generates || isGenerated && !changes.isEmpty {
            changes += GrubConfigStep.redo(scene).flatMap(\.changes)
        }
        changes += scene.kernels.filter(rebuilt.contains).flatMap { InitramfsStep.rebuild($0, scene).changes }
        guard !changes.isEmpty else { return nil }
        return Remedy(
            step: id, title: "Correct the kernel command line where it is written down", changes: changes)
    }

    private static func edited(_ text: String, _ lines: [Int], _ problem: CommandLineProblem) -> String? {
        for line in lines {
            if let old = problem.old {
                let edited = KernelCommandLine.replacing(old, with: problem.new, onLine: line, of: text)
                if let edited { return edited }
            } else if let new = problem.new {
                let edited = KernelCommandLine.appending(new, toLine: line, of: text)
                if let edited { return edited }
            }
        }
        return nil
    }
}

extension String {
    /// What follows the first `=`.
    fileprivate var value: String? { firstIndex(of: "=").map { String(self[index(after: $0)...]) } }
}
