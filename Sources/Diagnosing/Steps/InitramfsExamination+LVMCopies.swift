import BootFiles
import Changes
import Storage

// The image's lvm.conf and devices file: the boot finds its volume group by these, whatever the root's say by now.
extension InitramfsExamination {
    var staleLVMCopy: [Finding] {
        guard !stack.logicalVolumes.isEmpty else { return [] }
        let sight = LVMSight(scene, IntendedMirror(scene))
        guard sight.findings.isEmpty, sight.unknown == nil, let root = sight.root, let copy else { return [] }
        let hidden = sight.here.filter {
            sight.sees($0, by: sight.settings) != false && sight.sees($0, by: copy) == false
        }
        guard let first = hidden.first, let device = first.device else { return [] }
        let severity = sight.severity(ofHiding: hidden, activates: DegradedActivation.activates(facts))
        let symptom =
            severity == .blocker
            ? "Volume group \"\(root.found.group.name)\" not found, then \(waitsForRoot)"
            : "Couldn't find device with uuid \(first.uuid)."
        if let path = copy.devicesPath {
            return [
                finding(
                    "stale-devices-file",
                    "the devices file in the initramfs of \(kernel) does not list \(sight.list(hidden)); the root's does",
                    symptom, severity,
                    evidence(path, seen: copy.listed, expected: "PVID=" + LVMSight.bare(first.uuid)))
            ]
        }
        return [
            finding(
                "stale-lvm-conf",
                "the lvm.conf in the initramfs of \(kernel) hides \(sight.list(hidden)) from LVM; the root's does not",
                symptom, severity,
                evidence(
                    "etc/lvm/lvm.conf", seen: copy.patterns.joined(separator: " "),
                    expected: "a pattern that lets \(device) pass"))
        ]
    }

    // Nil where nobody knows what counts: a devices file of another name is not kept, and with rd.lvm.conf=0 dracut takes
    // lvm.conf away (90lvm/parse-lvm.sh).
    private var copy: LVMSettings? {
        let copy = LVMSettings(facts.texts, under: "", scene.installation.release)
        let isKept = copy.conf.devicesFile == "system.devices"
        if case .dracut = facts.generator, commandLine.flag("rd.lvm.conf") == false { return nil }
        return isKept ? copy : nil
    }
}
