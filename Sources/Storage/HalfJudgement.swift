/// How far one half of a mirror can be trusted: a member of an array, an image of a logical volume.
package struct HalfJudgement: Codable, Sendable, Hashable {
    package enum Standing: String, Codable, Sendable, Hashable {
        case current
        /// It missed what was written, and nothing brings it up to date by itself.
        case behind
        /// What is missing on it is being copied, or will be at the next start.
        case rebuilding
        /// It may differ until the resync that is due has compared it.
        case resyncing
        /// It waits to take a place.
        case spare
        /// It and another have each run without the other.
        case rival
        /// Another claims the same place.
        case twin
        /// What it says of itself cannot be read.
        case damaged
    }

    package var standing: Standing
    /// Why it is not current.
    package var reason: String?

    init(_ standing: Standing, _ reason: String?) {
        self.standing = standing
        self.reason = reason
    }

    package var currency: Copy.Currency {
        switch standing {
        case .current: .current
        case .behind, .rebuilding, .spare: .stale
        case .resyncing, .rival, .twin, .damaged: .unknown
        }
    }
}
