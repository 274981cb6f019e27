import Surveying

/// A system as an earlier survey has it. An administrator's restore or `systemd-machine-id-setup` may have given it
/// another machine-id since.
struct EarlierSystem {
    /// What it was known by, the surest first.
    enum Sign: CaseIterable { case machineID, root, boot, onlyOne }

    let scene: Scene
    let sign: Sign

    init?(of now: Scene, in before: Survey) {
        let scenes = before.installations.map { Scene(before, $0) }
        var known: (scene: Scene, sign: Sign)?
        for sign in Sign.allCases where known == nil {
            let found = scenes.filter { then in
                switch sign {
                case .machineID: Self.agree(then.installation.machineID, now.installation.machineID)
                case .root: Self.agree(then.rootVolume?.signature?.uuid, now.rootVolume?.signature?.uuid)
                case .boot: Self.agree(then.bootVolume?.signature?.uuid, now.bootVolume?.signature?.uuid)
                case .onlyOne: scenes.count == 1
                }
            }
            known = Self.closest(found, to: now).map { ($0, sign) }
        }
        guard let known else { return nil }
        scene = known.scene
        sign = known.sign
    }

    // Copies of a system have one machine-id, snapshots one root filesystem, and systems may share a /boot.
    private static func closest(_ found: [Scene], to now: Scene) -> Scene? {
        let sameRoot = found.filter {
            agree($0.rootVolume?.signature?.uuid, now.rootVolume?.signature?.uuid)
        }
        return sameRoot.first { $0.installation.subvolume == now.installation.subvolume } ?? sameRoot.first
            ?? found.first { agree($0.installation.hostName, now.installation.hostName) } ?? found.first
    }

    private static func agree(_ one: String?, _ other: String?) -> Bool {
        one != nil && one?.lowercased() == other?.lowercased()
    }
}
