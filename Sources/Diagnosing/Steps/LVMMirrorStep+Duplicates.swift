import Changes
import Storage

// A disk that was cloned, or the old half of a hardware mirror: two devices with one PV UUID.
extension LVMMirrorStep {
    // While LVM sees both it activates nothing of the group (toollib.c, lv_change_activate).
    static func duplicates(
        _ group: VolumeGroup, _ mirror: IntendedMirror, _ sight: LVMSight
    ) -> [Finding] {
        let uses = mirror.volumes.filter { $0.found.group.id == group.id }
        let twice = group.physicalVolumes.filter { physical in
            physical.duplicates.contains { copy in
                uses.contains { sight.sees(copy, of: physical, for: $0) != false }
            }
        }
        guard !twice.isEmpty else { return [] }
        let refuses = sight.settings.refusesDuplicates
        let stops =
            refuses
            && uses.filter(\.isNeeded).contains { use in
                twice.contains { physical in
                    physical.duplicates.contains { sight.sees($0, of: physical, for: use) == true }
                }
            }
        let copies = twice.flatMap(\.duplicates).map(\.rawValue)
        return [
            Finding(
                id: "lvm-mirror.duplicate-pv", step: id, severity: stops ? .blocker : .warning,
                summary: "the volume group \(group.name) has physical volumes that are on several devices",
                symptom: refuses
                    ? "Cannot activate LVs in VG \(group.name) while PVs appear on duplicate devices."
                    : "Found duplicate PV; which of them is used is chance",
                evidence: twice.map(evidence),
                remedies: [
                    .byHand(
                        id, title: "Unplug \(copies.joined(separator: " and ")), or give it new ids",
                        lines: [
                            "vgimportclone --basevgname \(group.name)-copy " + copies.joined(separator: " ")
                        ],
                        why:
                            "once the copy is unplugged nothing is to be typed; which one it is only you know"
                    )
                ])
        ]
    }

    private static func evidence(_ physical: PhysicalVolume) -> Evidence {
        let places = [physical.device].compactMap(\.self) + physical.duplicates
        return Evidence(
            device: places.first?.rawValue ?? physical.name,
            seen: "the PV \(physical.uuid) is on \(places.map(\.rawValue).joined(separator: " and "))",
            expected: "one device")
    }
}

extension LVMSight {
    /// Whether LVM sees another device with the UUID of this volume as a duplicate of it, when it opens what is in use;
    /// nil where it could not be told. The root is opened by what the image holds.
    func sees(_ copy: VolumeID, of physical: PhysicalVolume, for use: IntendedMirror.Use) -> Bool? {
        let files = use.isRoot ? imageSettings ?? settings : settings
        var other = physical
        other.device = copy
        other.hint = nil
        return files.allowsDuplicates ? false : sees(other, by: files)
    }
}
