import Diagnosing
import Machine
import Storage
import Surveying
import Sysimage

/// An installed system mounted as the survey mounts it: to read in, without a byte changed.
enum TargetLook {
    static func tree(
        _ survey: Survey, _ installation: Installation, at path: String,
        passphrase: @escaping @Sendable (String) -> [UInt8]? = { _ in nil }, _ console: Console,
        recording: MountedTree.Recording = { _ in }
    ) throws(SystemError) -> MountedTree {
        guard let root = survey.storage.volume(installation.root) else {
            throw SystemError("look at", installation.root.rawValue, detail: "no such volume")
        }
        let scene = Scene(survey, installation)
        // The survey closes what it unlocks.
        let locked = ([root.id] + (scene.boot.map { [$0.volume] } ?? [])).flatMap {
            StorageStack(under: $0, in: survey.storage).containers
        }
        let (unlocked, mapped) = try survey.unlocking(
            locked, SurveyRequest(passphrase: passphrase, progress: { console.warn($0) }))
        let storage = unlocked.storage
        let plan = TreePlan(
            root: storage.volume(root.id) ?? root, subvolume: installation.subvolume, fstab: scene.fstab,
            boot: scene.boot?.volume, in: storage)
        var tree = try MountedTree(
            plan, in: storage, nodes: [:], at: path, readOnly: true, mapped: mapped, recording: recording)
        // Programs run by hand want their /dev here too; none of it is on a disk.
        tree.furnish(isUEFI: scene.isUEFI, recording: recording)
        return tree
    }
}
