/// A reason not to write to an installed system at all, and the way out.
package struct PlanRefusal: Codable, Sendable, Hashable, CustomStringConvertible {
    /// The words that `--force` knows. They are frozen once shipped.
    package enum Reason: String, Codable, Sendable, Hashable, CaseIterable {
        case hibernated
        case cutShort = "cut-short"
        case splitBrain = "split-brain"
        case duplicateMember = "duplicate-member"
        case noCurrentCopy = "no-current-copy"
        case reshape
        case sameNameGroup = "same-name-vg"
        case duplicatePV = "duplicate-pv"
        case exportedGroup = "exported-vg"
        case sharedGroup = "shared-vg"
        case pvmove
        case foreignRaid = "foreign-raid"
        case multipath
        case reencryption
        case memberMounted = "member-mounted"
        case swapInUse = "swap-in-use"
        case readOnlyDisk = "read-only-disk"
        case unreadDisk = "unread-disk"
        case readOnlyRoot = "read-only-root"
    }

    package var reason: Reason
    /// What was found, and what writing would do.
    package var text: String
    /// What the person can do about it.
    package var wayOut: String
    /// Who knows better than the disks tell may go on with `--force`.
    package var isForcible: Bool

    package init(_ reason: Reason, _ text: String, wayOut: String, isForcible: Bool = false) {
        self.reason = reason
        self.text = text
        self.wayOut = wayOut
        self.isForcible = isForcible
    }

    package var description: String { text + ": " + wayOut }
}
