import BootFiles
import Bytes
import Changes
import Storage

// Which arrays an image assembles, and under which names: what it assembles without mdadm.conf gets a name of mdadm's
// choosing, and keeps it.
extension InitramfsExamination {
    /// Of the image that starts when nobody touches a key; nil where nobody knows what is in it.
    init?(first scene: Scene) {
        guard let kernel = InitramfsStep.firstKernel(scene), let image = InitramfsStep.firstImage(scene),
            let facts = image.facts, facts.notLookedInto == nil, facts.damage?.kind != .unreadable
        else { return nil }
        self.init(scene, kernel, image, facts, startsFirst: true)
    }

    var noMdadmConf: [Finding] {
        guard facts.programs.contains("mdadm") else { return [] }
        let misnamed = scene.arrays.uses.filter { use in
            use.isNeededByName && assembles(use.array) && !isNamedWithout(use)
        }
        guard let first = misnamed.first else { return [] }
        return [
            finding(
                "stale-mdadm-conf",
                "the initramfs of \(kernel) has no mdadm.conf, and assembles \(first.device) under another name",
                FstabStep.waiting(for: first.device), .blocker,
                evidence(
                    String(scene.distribution.mdadmConfPath.dropFirst()), seen: "no mdadm.conf",
                    expected: "UUID=\(first.array.uuid)"))
        ]
    }

    // What the root needs, every image assembles. Beyond that, dracut assembles what its command line names
    // (90mdraid/parse-md.sh), initramfs-tools what udev's rule comes upon.
    private func assembles(_ array: MDArray) -> Bool {
        if isUnderRoot(array) { return true }
        switch facts.generator {
        case .dracut:
            let line = commandLine
            return line.switchOff(of: "rd.md") == nil
                && (line.flag("rd.auto") == true
                    || line.values(of: "rd.md.uuid").contains { $0.hexDigits == array.uuid.hexDigits })
        case .initramfsTools: return facts.udevRules.contains { $0.hasPrefix("64-md-raid") }
        default: return false
        }
    }

    func isUnderRoot(_ array: MDArray) -> Bool { stack.arrays.contains { $0.id == array.id } }

    /// Its copy of mdadm.conf, as far as it goes by one: dracut can be told to remove it (90mdraid/parse-md.sh).
    var mdadmConfCopy: MdadmConfCopy? {
        if case .dracut = facts.generator, commandLine.flag("rd.md.conf") == false { return nil }
        return facts.mdadmConfs.isEmpty
            ? nil : MdadmConfCopy(facts.mdadmConfs.values.map { MdadmConf(parsing: $0) })
    }

    /// What this image makes of an array, by its copy of mdadm.conf; nil where that is not known.
    func outcome(of use: ArrayNaming.Use, by copy: MdadmConfCopy?) -> MdadmConfCopy.Outcome? {
        guard facts.programs.contains("mdadm") else { return .hidden }
        let outcome = copy?.outcome(of: use) ?? .unnamed
        if outcome == .hidden { return .hidden }
        switch facts.generator {
        case .dracut: if !assembles(use.array) { return .hidden }
        // Before udev's rule, scripts did it (Debian's mdadm, local-top/mdadm).
        case .initramfsTools:
            if !assembles(use.array), !DegradedActivation.startsArrays(facts) { return .hidden }
        case .mkinitcpio, .booster, .unknown, nil: return nil
        }
        return isNamedWithout(use) ? .named : outcome
    }

    /// What dracut reads: its own files first (dracut-lib.sh, getcmdline).
    var commandLine: KernelCommandLine {
        let own = facts.ownCommandLines.flatMap { KernelCommandLine(parsing: $0.text).parameters }
        return KernelCommandLine(own + (scene.started.commandLine?.parameters ?? []))
    }

    // The host has no name yet in most images.
    private func isNamedWithout(_ use: ArrayNaming.Use) -> Bool {
        let name = facts.texts["etc/hostname"]?.split(whereSeparator: \.isWhitespace).first.map(String.init)
        return use.isNamedBySuperblock(on: name)
    }
}
