import Diagnosing
import Machine
import Storage
import Surveying
import Sysimage

/// An installed system mounted as the survey mounts it: to read in, without a byte changed.
enum TargetLook {
    static func tree(
        _ survey: Survey, _ installation: Installation, at path: String,
        recording: MountedTree.Recording = { _ in }
    ) throws(SystemError) -> MountedTree {
        guard let root = survey.storage.volume(installation.root) else {
            throw SystemError("look at", installation.root.rawValue, detail: "no such volume")
        }
        let scene = Scene(survey, installation)
        let plan = TreePlan(
            root: root, subvolume: installation.subvolume, fstab: scene.fstab, boot: scene.boot?.volume,
            in: survey.storage)
        var tree = try MountedTree(
            plan, in: survey.storage, nodes: [:], at: path, readOnly: true, recording: recording)
        // Programs run by hand want their /dev here too; none of it is on a disk.
        tree.furnish(recording: recording)
        return tree
    }
}
