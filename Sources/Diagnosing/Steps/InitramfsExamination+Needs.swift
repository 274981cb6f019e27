import BootFiles
import Changes
import Storage
import Surveying

// What an image has to hold to reach this root.
extension InitramfsExamination {
    var missingTools: [Finding] {
        var needed: [(program: String, why: String)] = []
        if !stack.logicalVolumes.isEmpty { needed.append(("lvm", "the root is on LVM")) }
        if !stack.arrays.isEmpty { needed.append(("mdadm", "the root is on an MD array")) }
        if !stack.containers.isEmpty && !facts.programs.contains("systemd-cryptsetup") {
            needed.append(("cryptsetup", "the root is encrypted"))
        }
        return needed.filter { !facts.programs.contains($0.program) }.map { need in
            finding(
                "tool-missing", "\(need.why), but the initramfs of \(kernel) has no \(need.program)",
                waitsForRoot,
                .blocker, evidence(seen: "no \(need.program)", expected: need.program))
        }
    }

    var missingModules: [Finding] {
        let builtIn = Set(scene.installation.builtIn[kernel] ?? [])
        let missing = neededModules.filter { need in
            let name = need.module.replacing("-", with: "_")
            return !facts.has(module: need.module) && !builtIn.contains(name)
        }
        let broken = neededModules.filter { facts.has(module: $0.module) }
            .flatMap { facts.closure(of: $0.module) }
            .filter { !builtIn.contains($0.replacing("-", with: "_")) }
        guard !missing.isEmpty || !broken.isEmpty else { return [] }
        let names = Array(Set(missing.map(\.module) + broken)).sorted()
        return [
            finding(
                "module-missing",
                "the initramfs of \(kernel) lacks \(names.joined(separator: ", "))"
                    + (missing.first.map { ": \($0.why)" } ?? ""),
                waitsForRoot, .blocker,
                evidence(
                    seen: "no " + names.joined(separator: ", no "), expected: names.joined(separator: ", ")))
        ]
    }

    private var neededModules: [(module: String, why: String)] {
        var needed: [(module: String, why: String)] = []
        if !stack.logicalVolumes.isEmpty { needed.append(("dm-mod", "the root is on LVM")) }
        for type in stack.segmentTypes.sorted() {
            switch type {
            case "raid1":
                needed += [("dm-raid", "the root is a raid1 LV"), ("raid1", "the root is a raid1 LV")]
            case "mirror": needed.append(("dm-mirror", "the root is a mirrored LV"))
            default: continue
            }
        }
        if stack.arrays.contains(where: { $0.level == 1 }) {
            needed.append(("raid1", "the root is on an MD raid1"))
        }
        if !stack.containers.isEmpty { needed.append(("dm-crypt", "the root is encrypted")) }
        switch stack.filesystem {
        case "ext2", "ext3", "ext4": needed.append(("ext4", "the root is \(stack.filesystem ?? "")"))
        case "xfs": needed.append(("xfs", "the root is xfs"))
        case "btrfs": needed.append(("btrfs", "the root is btrfs"))
        default: break
        }
        return needed
    }

    var missingDrivers: [Finding] {
        let missing = scene.missingDrivers(kernel, facts)
        guard !missing.isEmpty else { return [] }
        let names = missing.map { $0.sorted().joined(separator: " or ") }
        let machine = scene.hardware.map { "\($0.rawValue) disks" } ?? "the root's disks"
        return [
            finding(
                "driver-missing",
                "the initramfs of \(kernel) has no driver for \(machine): \(names.joined(separator: ", "))",
                waitsForRoot, .blocker,
                evidence(
                    seen: "no " + names.joined(separator: ", no "), expected: names.joined(separator: ", ")))
        ]
    }
}
