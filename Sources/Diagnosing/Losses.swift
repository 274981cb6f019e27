extension Diagnosis {
    /// What was good at an earlier look and is not any more, in sentences: a change that is followed by it did harm.
    ///
    /// What could not be told, then or now, is no loss.
    package func losses(since before: Diagnosis) -> [String] {
        var losses: [String] = []
        switch (before.verdict, verdict) {
        case (.boots, .degraded): losses.append("it booted without a warning, and would not any more")
        case (.boots, .broken), (.degraded, .broken): losses.append("it booted, and would not any more")
        default: break
        }
        for disk in disks where disk.bootsAlone == .no {
            guard before.disks.contains(where: { $0.device == disk.device && $0.bootsAlone == .yes }) else {
                continue
            }
            losses.append("it booted from \(disk.device) alone, and would not any more")
        }
        return losses
    }
}
