/// A way to put a finding right.
package struct Remedy: Codable, Sendable, Hashable {
    /// A redo puts a skipped or stale step right; an improvement makes more than was there before.
    package enum Purpose: String, Codable, Sendable, Hashable { case redo, improvement }
    /// `yes` is enough where the change can be undone; data at stake wants the device named.
    package enum Consent: String, Codable, Sendable, Hashable { case yes, confirm }

    /// The step it redoes; nil for opening the target, with which every plan begins.
    package var step: StepID?
    package var purpose: Purpose
    package var needs: Consent
    /// The device that has to be named for `confirm`.
    package var confirmDevice: String?
    /// What it does, as a line of the plan: "Rebuild the initramfs of 6.1.0-28-amd64".
    package var title: String
    package var changes: [Change]

    package init(
        step: StepID?, purpose: Purpose = .redo, needs: Consent = .yes, confirmDevice: String? = nil,
        title: String,
        changes: [Change]
    ) {
        self.step = step
        self.purpose = purpose
        self.needs = needs
        self.confirmDevice = confirmDevice
        self.title = title
        self.changes = changes
    }
    /// A remedy that bootmend shows and leaves to the person.
    package static func byHand(
        _ step: StepID, title: String, lines: [String], why: String
    ) -> Remedy {
        Remedy(
            step: step, needs: .confirm, title: title, changes: [.byHand(lines: lines, why: why)])
    }

    package var isByHand: Bool { changes.contains { !$0.linesByHand.isEmpty } }
}
