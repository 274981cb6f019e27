import Changes
import Storage
import Surveying

/// What is no longer as it was when a plan was made: its commands name devices and files by what they were then, and the
/// consent that is in it was given for these.
package struct Drift {
    let then: Scene
    let now: Scene
    private let disks: SameDisks
    /// The disks of then that the plan is about.
    private let used: [Disk]
    /// The volumes that it is about.
    let volumes: Set<VolumeID>

    /// In sentences; none where every change of the plan means what it meant.
    package static func since(
        _ plan: Plan, _ before: Survey, in after: Survey, of installation: Installation
    ) -> [String] {
        guard let old = before.installations.first(where: { $0.root == installation.root }) else {
            return ["the survey that the plan was made from does not hold this system"]
        }
        let drift = Drift(plan, Scene(before, old), Scene(after, installation))
        return drift.disksThatChanged + drift.arraysThatChanged + drift.groupsThatChanged
            + drift.copiesThatChanged + drift.filesThatChanged
    }

    private init(_ plan: Plan, _ then: Scene, _ now: Scene) {
        let storage = then.storage
        let mounted = [then.rootVolume, then.bootVolume].compactMap(\.self)
        let volumes = mounted + then.fstab.flatMap { then.volumes(named: $0.source) }
        let named = plan.remedies.flatMap { [$0.confirmDevice] + $0.changes.map(\.device) }.compactMap(\.self)
        let under = Set(volumes.flatMap { storage.disks(under: $0.id) })
        used = storage.disks.filter { disk in
            under.contains(disk.id) || named.contains { disk.holds(VolumeID($0)) }
        }
        self.volumes = Set(volumes.map(\.id))
        self.then = then
        self.now = now
        disks = SameDisks(storage, now.storage)
    }

    /// The EFI system partitions on the plan's disks.
    func isUsed(_ volume: VolumeID) -> Bool { used.contains { $0.holds(volume) } }

    // MARK: disks

    private var disksThatChanged: [String] {
        used.flatMap { disk -> [String] in
            guard let name = disks.now[disk.id], let today = now.storage.disk(name) else {
                return ["\(disk.id) is gone, or is another disk"]
            }
            // Its commands would go to what has the name now.
            guard name == disk.id else { return ["\(disk.id) is called \(name) now"] }
            guard disk.table == today.table else { return ["\(disk.id) has another partition table"] }
            let places = [disk.id] + (disk.table?.partitions.map(\.id) ?? [])
            let changed = places.filter {
                then.storage.volume($0)?.signature != now.storage.volume($0)?.signature
            }
            let code = bootCode(of: disk.id, then) == bootCode(of: disk.id, now)
            return changed.map { "\(then.name(of: $0)) holds something else" }
                + (code ? [] : ["\(disk.id) has other boot code"])
        }
    }

    private func bootCode(of disk: VolumeID, _ scene: Scene) -> DiskBoot? {
        scene.survey.diskBoots.first { $0.disk == disk }
    }

    // MARK: what lies on several

    private var arraysThatChanged: [String] {
        stacks.flatMap(\.arrays).once.flatMap { array -> [String] in
            let name = then.name(of: array.id)
            guard let today = now.storage.array(array.id) else { return ["\(name) is gone"] }
            // A running array counts events as it is written to.
            let isRunning = array.node != nil || today.node != nil
            func members(_ array: MDArray) -> [VolumeID: String] {
                array.members.reduce(into: [:]) { found, member in
                    let events = isRunning ? "" : ", \(member.superblock.events) events"
                    found[member.device] = "\(member.superblock.role)\(events)"
                }
            }
            return members(array) == members(today)
                ? [] : ["the members of \(name) or their event counts are others"]
        }
    }

    private var groupsThatChanged: [String] {
        stacks.flatMap(\.logicalVolumes).map(\.group).once.flatMap { group -> [String] in
            guard let today = now.storage.groups.first(where: { $0.id == group.id }) else {
                return ["the volume group \(group.name) is gone"]
            }
            guard group.seqno == today.seqno, group.name == today.name else {
                return [
                    "the volume group \(group.name) was changed: seqno \(group.seqno), now \(today.seqno)"
                ]
            }
            let moved = group.physicalVolumes.map(\.device) != today.physicalVolumes.map(\.device)
            return moved ? ["the physical volumes of \(group.name) are on other devices"] : []
        }
    }

    private var stacks: [StorageStack] {
        volumes.sorted().map { StorageStack(under: $0, in: then.storage) }
    }

    private var copiesThatChanged: [String] {
        func copies(_ id: VolumeID, _ scene: Scene) -> [[String]] {
            (scene.storage.volume(id)?.copies ?? []).map { copy in
                copy.disks.sorted().map(\.rawValue) + [copy.currency.rawValue]
            }
        }
        return volumes.sorted().filter { copies($0, then) != copies($0, now) }.map {
            "\(then.name(of: $0)) has other copies, or others of them are current"
        }
    }
}
