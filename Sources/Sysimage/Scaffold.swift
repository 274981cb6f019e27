import Glibc
import LibMount
import Machine

/// What was put up in order to reach a filesystem, taken down in reverse.
///
/// Taking down goes on past what will not go; the second time there is nothing left to do.
final class Scaffold {
    private enum Pole {
        case loop(Held)
        case mapped(String)
        case mounted(String)
        case directory(String)
    }
    /// A box, since arrays cannot hold what cannot be copied.
    private final class Held {
        let loop: LoopDevice
        init(_ loop: consuming LoopDevice) { self.loop = loop }
    }
    private var poles: [Pole] = []

    func hold(_ loop: consuming LoopDevice) { poles.append(.loop(Held(loop))) }
    func mapped(_ name: String) { poles.append(.mapped(name)) }
    func mounted(_ target: String) { poles.append(.mounted(target)) }
    func made(directory: String) { poles.append(.directory(directory)) }

    /// Takes over what another one holds.
    func adopt(_ other: Scaffold) {
        poles += other.poles
        other.poles = []
    }

    /// Leaves everything where it is, and answers what somebody has to take away later. Loop devices go with the last
    /// mount of them.
    func leave() -> (mounted: [String], mapped: [String]) {
        var left: (mounted: [String], mapped: [String]) = ([], [])
        for pole in poles {
            switch pole {
            case .mounted(let target): left.mounted.append(target)
            case .mapped(let name): left.mapped.append(name)
            case .loop, .directory: break
            }
        }
        poles = []
        return left
    }

    /// What would not go.
    func takeDown() -> [SystemError] {
        var failures: [SystemError] = []
        while let pole = poles.popLast() {
            do throws(SystemError) {
                switch pole {
                case .loop: break  // detached by the kernel when its last user has closed it
                case .mapped(let name): try DeviceMapper.remove(name)
                case .mounted(let target): try Self.unmount(target)
                case .directory(let path): rmdir(path)
                }
            } catch { failures.append(error) }
        }
        return failures
    }

    // A file still open keeps a filesystem busy; detached from the tree it goes at the last close.
    private static func unmount(_ target: String) throws(SystemError) {
        do { return try LibMount.unmount(target) } catch {}
        do { try LibMount.unmount(target, lazily: true) } catch { throw SystemError(error) }
    }

    deinit { _ = takeDown() }
}
