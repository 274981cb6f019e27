import BootFiles
import Changes
import Storage
import Surveying

// What an image has to hold to reach this root.
extension InitramfsExamination {
    // Without an /init the kernel goes on to mount root= by itself (init/main.c, kernel_init_freeable), which it
    // cannot where the root is on MD, LVM or a name that only udev knows.
    var missingInit: [Finding] {
        guard !facts.hasInit else { return [] }
        return [
            finding(
                "no-init", "the initramfs of \(kernel) has no /init, so the kernel does not use it",
                "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)", .blocker,
                evidence(seen: "no /init", expected: "/init"))
        ]
    }

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
        // mq is what old kernels had instead of smq, and what others call it by.
        let hasOldPolicy = facts.has(module: "dm-cache-mq")
        needed += stack.modules.filter { $0.module != "dm-cache-smq" || !hasOldPolicy }
        if !stack.containers.isEmpty { needed.append(("dm-crypt", "the root is encrypted")) }
        if let module = stack.filesystemModule {
            needed.append((module, "the root is \(stack.filesystem ?? module)"))
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

    // Tool and drivers alone start nothing: udev's rules do, or a script of the generator's.
    var missingActivation: [Finding] {
        var gaps: [(what: String, expected: String)] = []
        if !stack.logicalVolumes.isEmpty, facts.programs.contains("lvm"), !activatesVolumeGroups {
            gaps.append(("activates volume groups", "69-lvm.rules"))
        }
        if !stack.arrays.isEmpty, facts.programs.contains("mdadm"), !assemblesArrays {
            gaps.append(("assembles arrays", "64-md-raid-assembly.rules"))
        }
        return gaps.map { gap in
            finding(
                "no-activation", "nothing in the initramfs of \(kernel) \(gap.what)", waitsForRoot, .blocker,
                evidence(seen: "no \(gap.expected) and no script instead", expected: gap.expected))
        }
    }

    // 69-lvm.rules (lvm2 from 2.03.14 on), 69-lvm-metad.rules and 69-dm-lvm*.rules before it; initramfs-tools' scripts
    // lvm2 up to Debian 11; dracut's module by its own rule and hooks (90lvm/module-setup.sh).
    private var activatesVolumeGroups: Bool {
        facts.udevRules.contains { $0.hasPrefix("69-") && $0.contains("lvm") || $0 == "64-lvm.rules" }
            || facts.scripts.contains { $0.hasSuffix("/lvm2") } || facts.programs.contains("lvm_scan")
            || facts.dracutModules.contains("lvm")
    }

    // 64-md-raid-assembly.rules and its older names; initramfs-tools' local-block/mdadm; dracut's mdraid module.
    private var assemblesArrays: Bool {
        facts.udevRules.contains { $0.hasPrefix("64-md-raid") || $0.hasPrefix("65-md-inc") }
            || facts.scripts.contains { $0.hasSuffix("/mdadm") } || facts.programs.contains("mdraid_start")
            || facts.dracutModules.contains("mdraid")
    }
}
