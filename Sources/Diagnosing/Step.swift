import Changes

/// One step of a migration: what proves that it was done, what proves that it was not, and what redoes it.
///
/// A step lives in one file of `Steps/`; adding one is that file and a line in `judgedSteps`.
package protocol MigrationStep: SendableMetatype {
    static var id: StepID { get }
    /// Judges the step from what was surveyed. Pure: no file is read, nothing is run.
    static func examine(_ scene: Scene) -> Examination
    /// What redoes the step, whatever its state; nothing where it cannot be redone.
    static func redo(_ scene: Scene) -> [Remedy]
}

/// The steps that this version judges, in the order of `StepID`.
let judgedSteps: [any MigrationStep.Type] = [
    PartitionTableStep.self, MDArrayStep.self, BootCopyStep.self,
    MdadmConfStep.self, FstabStep.self,
    LVMMirrorStep.self,
    InitramfsStep.self, CmdlineStep.self, GrubConfigStep.self, GrubInstallStep.self,
    SyncStep.self,
]

/// What the examination of one step came to.
package struct Examination: Sendable, Hashable {
    package var state: Diagnosis.StepResult.State
    /// What proves that it is done, or why it is unknown or not applicable.
    package var reason: String?
    /// A blocker among them means: with the disks of this scene, it does not boot.
    package var findings: [Finding]

    package init(_ state: Diagnosis.StepResult.State, reason: String? = nil, findings: [Finding] = []) {
        self.state = state
        self.reason = reason
        self.findings = findings
    }
}
