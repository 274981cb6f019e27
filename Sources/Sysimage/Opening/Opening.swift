import Glibc
import Machine
import Storage

/// Carries out a plan of opening, and takes down what it opened.
///
/// What is opened outlives the process, so each thing is written to /run/bootmend/opened.json before it is done; the
/// next run takes down what this one could not.
package struct Opening: Sendable {
    private let record: RunRecord
    private let sys: MDStates

    package init() {
        record = RunRecord("opened.json")
        sys = MDStates()
    }

    init(record: RunRecord, sys: MDStates) {
        self.record = record
        self.sys = sys
    }

    /// What the medium offers, for `OpeningPlan`.
    package func medium() -> OpeningPlan.Medium {
        let answer = try? Command(.lvm, "version").run()
        let tools: Set<Tool> = [.mdadm, .lvm, .cryptsetup]
        return OpeningPlan.Medium(
            lvm: answer.map { LVMCommands.version($0.text) } ?? [], hasUdev: Self.hasUdev,
            inactive: sys.inactive(),
            missing: tools.filter { (try? Command($0).locate(in: nil)) == nil })
    }

    /// Does what the plan says, in its order.
    ///
    /// `passphrase` is asked for each container, and again up to three times where it was wrong; nil gives up.
    package func perform(
        _ plan: OpeningPlan, passphrase: (Volume) -> [UInt8]? = { _ in nil },
        progress: (OpeningStep) -> Void = { _ in }
    ) throws(SystemError) {
        for step in plan.steps {
            progress(step)
            try perform(step, passphrase)
        }
        // grub-mkconfig looks for /dev/disk/by-uuid, which udev makes last.
        if !plan.steps.isEmpty { Self.settle() }
    }

    private func perform(_ step: OpeningStep, _ passphrase: (Volume) -> [UInt8]?) throws(SystemError) {
        _ = try step.command.locate(in: nil)
        for module in step.modules { _ = try? Command(.modprobe, "-q", module).run() }
        var opened = try OpenedRecord(loading: record)
        opened.things.append(OpenedRecord.Thing(title: step.title, nodes: step.nodes, undo: step.undo.vector))
        try record.save(opened.json)
        do throws(SystemError) {
            switch step.kind {
            case .assemble(_, let members):
                try release(members)
                try run(step)
            case .activate(let group):
                try run(
                    step,
                    succeededBy: {
                        if !Self.hasUdev { _ = try? Command(.lvm, "vgmknodes", group).run() }
                    })
            case .unlock(let volume): try unlock(step, volume, passphrase)
            }
        } catch {
            // What half came about is taken away again; an undo of nothing fails, and that is well.
            if (try? step.undo.run())?.succeeded == true || !step.nodes.contains(where: Self.isThere) {
                opened.things.removeLast()
                try? record.save(opened.json)
            }
            throw error
        }
    }

    // lvm's status counts volumes that nobody asked for; what counts is whether those that are wanted are there.
    private func run(_ step: OpeningStep, succeededBy finish: () -> Void = {}) throws(SystemError) {
        let result = try step.command.run(Surroundings(patience: 120_000))
        finish()
        guard Self.wait(for: step.nodes) else {
            let reason = result.complaint.split(whereSeparator: \.isNewline).last.map(String.init)
            throw SystemError(
                Self.verb(step), step.nodes.first ?? "",
                detail: reason ?? "'\(step.command)' exited with \(result.status)")
        }
    }

    private static func verb(_ step: OpeningStep) -> String {
        switch step.kind {
        case .assemble: "assemble"
        case .activate: "activate"
        case .unlock: "unlock"
        }
    }

    private func unlock(_ step: OpeningStep, _ volume: Volume, _ passphrase: (Volume) -> [UInt8]?)
        throws(SystemError)
    {
        for _ in 0..<3 {
            guard let words = passphrase(volume) else {
                throw SystemError(
                    "unlock", volume.name, detail: "no passphrase was given", hint: "--passphrase-file FILE")
            }
            let result = try step.command.run(Surroundings(patience: 300_000), input: words)
            if result.succeeded, Self.wait(for: step.nodes) { return }
            // cryptsetup(8): 2 is a wrong passphrase, all else is another matter.
            guard result.status == 2 else {
                throw SystemError("unlock", volume.name, detail: result.complaint)
            }
        }
        throw SystemError("unlock", volume.name, detail: "no key is available with this passphrase")
    }

    // An array that udev put together and could not start holds its members; it is not running, and in the way.
    private func release(_ members: [String]) throws(SystemError) {
        for node in sys.inactive(holding: members) {
            let result = try Command(.mdadm, "--stop", node).run()
            guard result.succeeded else {
                throw SystemError("release the members of", node, detail: result.complaint)
            }
        }
    }

    // MARK: closing

    /// What is open by the record.
    package func titles() throws(SystemError) -> [String] {
        try OpenedRecord(loading: record).things.map(\.title)
    }

    /// Takes down everything in the record, the last first; what was there before bootmend is not in it.
    package func close() -> [SystemError] {
        var failures: [SystemError] = []
        do throws(SystemError) {
            var opened = try OpenedRecord(loading: record)
            var staying: [OpenedRecord.Thing] = []
            while let thing = opened.things.popLast() {
                if let failure = close(thing) {
                    failures.append(failure)
                    staying.insert(thing, at: 0)
                }
                try record.save(OpenedRecord(things: opened.things + staying).json)
            }
            if staying.isEmpty { record.remove() }
        } catch { failures.append(error) }
        return failures
    }

    private func close(_ thing: OpenedRecord.Thing) -> SystemError? {
        guard let command = thing.command else {
            return SystemError("close", thing.title, detail: "the record does not say how")
        }
        // udev and its probes keep a device open for moments after its last user has gone.
        var complaint = ""
        for attempt in 0..<10 {
            if !thing.nodes.isEmpty, !thing.nodes.contains(where: Self.isThere) { return nil }
            if attempt > 0 { Self.settle() }
            do throws(SystemError) {
                let result = try command.run()
                if result.succeeded { return nil }
                complaint = result.complaint
            } catch { return error }
            usleep(useconds_t(100_000 * min(attempt + 1, 5)))
        }
        return SystemError("close", thing.title, detail: complaint)
    }

    // MARK: nodes

    private static var hasUdev: Bool { access("/run/udev/control", F_OK) == 0 }

    private static func settle() {
        guard hasUdev else { return }
        _ = try? Command(.udevadm, "settle", "--timeout=10").run(Surroundings(patience: 15_000))
    }

    private static func isThere(_ node: String) -> Bool { DeviceNumber(node: node) != nil }

    // Nodes come a moment after the command, with udev or without.
    private static func wait(for nodes: [String]) -> Bool {
        for _ in 0..<50 {
            if nodes.allSatisfy({ isThere($0) && !MDStates().isInactive($0) }) { return true }
            usleep(100_000)
        }
        return false
    }
}

/// What is in /run/bootmend/opened.json.
struct OpenedRecord: Sendable, Hashable {
    struct Thing: Sendable, Hashable {
        var title: String
        var nodes: [String]
        /// Tool and arguments.
        var undo: [String]

        var command: Command? {
            guard let name = undo.first, let tool = Tool(rawValue: name) else { return nil }
            return Command(tool, arguments: Array(undo.dropFirst()))
        }
    }

    var things: [Thing]

    init(things: [Thing]) { self.things = things }

    init(loading record: RunRecord) throws(SystemError) {
        things = try (record.load()?["opened"]?.items ?? []).map { item in
            Thing(
                title: item["title"]?.string ?? "", nodes: item["nodes"]?.strings ?? [],
                undo: item["undo"]?.strings ?? [])
        }
    }

    var json: JSONValue {
        .object([
            "schema": .number(1),
            "opened": .list(
                things.map {
                    .object([
                        "title": .text($0.title), "nodes": .strings($0.nodes), "undo": .strings($0.undo),
                    ])
                }),
        ])
    }
}
