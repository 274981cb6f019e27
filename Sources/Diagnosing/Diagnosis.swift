import Changes
import Storage

/// What a survey comes to: which steps were skipped, what that does to the boot, and what redoes them.
package struct Diagnosis: Codable, Sendable, Hashable {
    /// In order of precedence: broken over unknown over degraded over boots.
    package enum Verdict: String, Codable, Sendable, Hashable { case boots, degraded, broken, unknown }

    package var verdict: Verdict
    package var system: System
    /// One for each step that this version judges, in the order of `StepID`.
    package var steps: [StepResult]
    package var findings: [Finding]
    package var disks: [DiskResult]
    /// Why a rescue would write nothing.
    package var refusals: [PlanRefusal]

    package init(
        verdict: Verdict, system: System, steps: [StepResult], findings: [Finding], disks: [DiskResult],
        refusals: [PlanRefusal] = []
    ) {
        self.verdict = verdict
        self.system = system
        self.steps = steps
        self.findings = findings
        self.disks = disks
        self.refusals = refusals
    }

    /// Which installation it is about.
    package struct System: Codable, Sendable, Hashable {
        package var name: String?
        package var id: String
        package var version: String?
        package var prettyName: String?
        package var machineID: String?
        package var rootDevice: String
        package var rootUUID: String?
        /// "bios" or "uefi".
        package var firmware: String
        /// The kernel that starts when nobody touches a key; nil where no boot directory of it was found.
        package var nextKernel: String?
        package init(
            name: String?, id: String, version: String?, prettyName: String?, machineID: String?,
            rootDevice: String, rootUUID: String?, firmware: String, nextKernel: String? = nil
        ) {
            self.name = name
            self.id = id
            self.version = version
            self.prettyName = prettyName
            self.machineID = machineID
            self.rootDevice = rootDevice
            self.rootUUID = rootUUID
            self.firmware = firmware
            self.nextKernel = nextKernel
        }
    }

    /// How one step stands.
    package struct StepResult: Codable, Sendable, Hashable {
        package enum State: String, Codable, Sendable, Hashable {
            case done, skipped, stale
            case notApplicable = "not-applicable"
            case unknown
        }
        package var id: StepID
        package var state: State
        package var reason: String?
        package init(id: StepID, state: State, reason: String? = nil) {
            self.id = id
            self.state = state
            self.reason = reason
        }
    }

    /// Whether the machine would boot with every other disk unplugged.
    package struct DiskResult: Codable, Sendable, Hashable {
        package enum Answer: String, Codable, Sendable, Hashable { case yes, no, unknown }
        package var device: String
        package var serial: String?
        package var bootsAlone: Answer
        package var should: Bool
        package var breaksAt: StepID?
        package init(
            device: String, serial: String?, bootsAlone: Answer, should: Bool, breaksAt: StepID? = nil
        ) {
            self.device = device
            self.serial = serial
            self.bootsAlone = bootsAlone
            self.should = should
            self.breaksAt = breaksAt
        }
    }
}

/// One thing that is not as it should be.
package struct Finding: Codable, Sendable, Hashable {
    package enum Severity: String, Codable, Sendable, Hashable { case blocker, warning, note }

    /// `<step>.<word>`, frozen once shipped.
    package var id: String
    package var step: StepID
    package var severity: Severity
    /// One line.
    package var summary: String
    /// What the machine shows on its console because of it.
    package var symptom: String?
    package var evidence: [Evidence]
    package var remedies: [Remedy]

    package init(
        id: String, step: StepID, severity: Severity, summary: String, symptom: String? = nil,
        evidence: [Evidence] = [], remedies: [Remedy] = []
    ) {
        self.id = id
        self.step = step
        self.severity = severity
        self.summary = summary
        self.symptom = symptom
        self.evidence = evidence
        self.remedies = remedies
    }
}

/// Where something was seen, and what.
package struct Evidence: Codable, Sendable, Hashable {
    package enum Place: Codable, Sendable, Hashable {
        /// A file of the installed system, with a line counted from 1.
        case file(path: String, line: Int?)
        /// A device, with a byte offset.
        case device(String, offset: UInt64?)
    }

    package var place: Place
    package var seen: String
    package var expected: String?

    package init(path: String, line: Int? = nil, seen: String, expected: String? = nil) {
        place = .file(path: path, line: line)
        self.seen = seen
        self.expected = expected
    }

    package init(device: String, offset: UInt64? = nil, seen: String, expected: String? = nil) {
        place = .device(device, offset: offset)
        self.seen = seen
        self.expected = expected
    }
}
