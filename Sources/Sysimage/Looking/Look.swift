import Glibc
import LibMount
import Machine
import Storage

/// The mounting of one volume for a look.
struct Look {
    let volume: Volume
    let map: StorageMap
    let copy: Copy?
    let type: String
    let subvolume: String?
    let scaffold: Scaffold
    /// A person is going to run programs of it.
    var executable = false

    private func attempts(_ others: [String]) -> [MountOptions] {
        LookingOptions.attempts(type: type, subvolume: subvolume, others: others, executable: executable)
    }

    func mount(on target: String, replay: Bool) throws(SystemError) -> Looking.State {
        if copy == nil {
            for node in map.spread(of: volume).compactMap(\.node) where try bindLive(node, on: target) {
                return .live
            }
        }
        let node = try reach(volume, copy)
        // The kernel knows the other devices of a btrfs by what was last said of them (btrfs(5), device=).
        var others: [String] = []
        for other in map.spread(of: volume) where other.id != volume.id {
            others.append(try reach(other, nil))
        }
        let attempts = attempts(others)
        // A filesystem that has no log has nothing to replay either.
        guard volume.log == .dirty || volume.log == .unknown else {
            try mount(node, attempts, on: target)
            return .clean
        }
        var reason: String?
        if replay, !others.isEmpty {
            reason = "it lies on several devices"
        } else if replay {
            do throws(SystemError) {
                try mountReplayed(node, on: target)
                return .replayed
            } catch { reason = error.description }
        }
        try mount(node, attempts, on: target)
        return .unreplayed(reason)
    }

    // The filesystem is the rescue system's own, or mounted by it. Where only a part of a btrfs shows, another mount
    // of the node shares the kernel's one view of it and writes nothing.
    private func bindLive(_ node: String, on target: String) throws(SystemError) -> Bool {
        let live = LiveMounts()
        let harmless = "ro," + LookingOptions.harmless(executable: executable)
        let inside = "/" + (subvolume?.drop { $0 == "/" } ?? "")
        let isWhole = type != "btrfs" || subvolume != nil
        if isWhole, let place = live.places(of: node, type: type, inside: inside).first {
            try perform(Mounting(place.path, on: target, options: MountOptions("bind," + harmless)))
            return true
        }
        guard type == "btrfs", live.isMounted(node, type: type) else { return false }
        let options = harmless + (subvolume.map { ",subvol=" + $0 } ?? "")
        try perform(Mounting(node, on: target, type: type, options: MountOptions(options)))
        return true
    }

    /// A read-only device that holds a volume's bytes from end to end.
    private func reach(_ volume: Volume, _ copy: Copy?) throws(SystemError) -> String {
        switch try VolumeSource.of(volume, in: map, copy: copy) {
        case .node(let node):
            return try loop(over: node, offset: 0, length: 0)
        case .pieces(let ranges):
            guard ranges.count > 1 else {
                return try loop(over: ranges[0].path, offset: ranges[0].offset, length: ranges[0].length)
            }
            if let obstacle = DeviceMapper.obstacle() {
                let parts = ranges.map(\.path).joined(separator: ", ")
                throw SystemError(
                    "look at", volume.name,
                    detail: "it lies in \(ranges.count) parts (\(parts)), and \(obstacle)")
            }
            var parts: [(node: String, length: UInt64)] = []
            for range in ranges {
                parts.append(
                    (try loop(over: range.path, offset: range.offset, length: range.length), range.length))
            }
            return try map("linear", readOnly: true, VolumeSource.linearTable(parts))
        }
    }

    private func loop(over path: String, offset: UInt64, length: UInt64) throws(SystemError) -> String {
        let loop = try LoopDevice(over: path, offset: offset, length: length)
        let node = loop.node
        scaffold.hold(loop)
        return node
    }

    private func map(_ kind: String, readOnly: Bool, _ table: [String]) throws(SystemError) -> String {
        let serial = Clock.milliseconds()
        let name = "\(DeviceMapper.prefix)look-\(getpid())-\(serial)-\(kind)"
        let node = try DeviceMapper.create(name, readOnly: readOnly, table: table)
        scaffold.mapped(name)
        return node
    }

    // A snapshot whose origin is the read-only loop and whose store is memory: the kernel replays the log, the disk
    // stays as it is (dm snapshot, "N" = not persistent, chunks of 8 sectors).
    private func mountReplayed(_ origin: String, on target: String) throws(SystemError) {
        if let obstacle = DeviceMapper.obstacle() {
            throw SystemError("replay the log of", volume.name, detail: obstacle)
        }
        _ = try? Command(.modprobe, "-q", "dm-snapshot").run()
        let sectors = volume.size / 512
        let own = Scaffold()
        let memory = try MemoryFile("bootmend store", size: min(volume.size, 512 << 20))
        let store = try LoopDevice(over: memory.descriptor, readOnly: false, name: "memory")
        let storeNode = store.node
        own.hold(store)
        let name = "\(DeviceMapper.prefix)look-\(getpid())-\(Clock.milliseconds())-replay"
        let node = try DeviceMapper.create(
            name, readOnly: false, table: ["0 \(sectors) snapshot \(origin) \(storeNode) N 8"])
        own.mapped(name)
        let inner = Look(
            volume: volume, map: map, copy: copy, type: type, subvolume: subvolume, scaffold: own)
        try inner.mount(
            node,
            LookingOptions.attempts(
                type: type, subvolume: subvolume, replaying: true, executable: executable),
            on: target)
        scaffold.adopt(own)
    }

    private func mount(_ node: String, _ attempts: [MountOptions], on target: String) throws(SystemError) {
        var failure: SystemError?
        for options in attempts {
            do throws(SystemError) {
                return try perform(Mounting(node, on: target, type: type, options: options))
            } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
    }

    private func perform(_ mounting: Mounting) throws(SystemError) {
        try mounting.perform(of: volume.name)
        scaffold.mounted(mounting.target)
    }
}
