import BootFiles
import Bytes
import Storage

// A copy of a file that is right in the root and is not in the image: the image was not rebuilt since. Where the file
// itself is wrong, its own step answers for both.
extension InitramfsExamination {
    var staleCopies: [Finding] { staleMdadmConf + staleLVMCopy + staleCrypttab }

    // What the menu and its sources say is right, or is the image's to say: building it again is all there is to do.
    func wrong(_ words: [CommandLines.Wrong]) -> [Finding] {
        words.compactMap { wrong in
            let place = wrong.places.first { $0.kind == .image(kernel: kernel) }
            return place.map { place in
                finding(
                    wrong.problem.word, wrong.problem.summary, wrong.problem.symptom,
                    wrong.problem.stops && place.starts ? .blocker : .warning,
                    Evidence(
                        path: place.path, line: place.line, seen: wrong.problem.seen,
                        expected: wrong.problem.new))
            }
        }
    }

    private var staleMdadmConf: [Finding] {
        guard scene.arrays.isRight else { return [] }
        guard let copy = facts.mdadmConfs.sorted(by: { $0.key < $1.key }).first else { return noMdadmConf }
        let confs = facts.mdadmConfs.values.map { MdadmConf(parsing: $0) }
        let copies = confs.map { MdadmConfCopy([$0]) }
        let stale = scene.arrays.uses.filter { use in !copies.contains { $0.isRight(for: use) } }
        guard let first = stale.first else { return [] }
        // The system's own mdadm comes too late for the root.
        let ofTheRoot = stale.filter { isUnderRoot($0.array) }
        let inForce = mdadmConfCopy
        let hidesRoot = ofTheRoot.contains { outcome(of: $0, by: inForce) == .hidden }
        // What the image leaves to the system, and what has its name from the superblock, is not waited for in vain.
        let misnamed = stale.first { use in
            use.isNeededByName && [.unnamed, nil].contains(outcome(of: use, by: inForce))
        }
        let seen =
            confs.flatMap(\.arrays).compactMap(\.uuid).first.map { "UUID=" + $0 } ?? "no ARRAY line for it"
        return [
            finding(
                "stale-mdadm-conf", "the initramfs of \(kernel) holds an older mdadm.conf than the root",
                hidesRoot
                    ? waitsForRoot
                    : misnamed.map { FstabStep.waiting(for: $0.device) },
                hidesRoot || misnamed != nil ? .blocker : .warning,
                evidence(copy.key, seen: seen, expected: "UUID=\(first.array.uuid)"))
        ]
    }

    // initramfs-tools unlocks what cryptroot/crypttab lists and nothing else (cryptsetup-initramfs, scripts/local-top/
    // cryptroot); dracut goes by rd.luks.uuid, which cmdline judges.
    private var staleCrypttab: [Finding] {
        guard facts.generator == .initramfsTools else { return [] }
        let listed = facts.texts["cryptroot/crypttab"] ?? ""
        let sources = Crypttab(parsing: listed).entries.map { $0.source.lowercased() }
        let missing = stack.containers.compactMap { container -> (uuid: String, holder: Volume)? in
            guard let holder = scene.storage.volume(holding: container), let uuid = holder.signature?.uuid
            else { return nil }
            let names = ["uuid=" + uuid.lowercased(), holder.name, "/dev/disk/by-uuid/" + uuid.lowercased()]
            return sources.contains(where: names.contains) ? nil : (uuid, holder)
        }
        guard let first = missing.first else { return [] }
        return [
            finding(
                "stale-crypttab",
                "the initramfs of \(kernel) does not unlock \(first.holder.name), on which the root lies",
                waitsForRoot, .blocker,
                evidence(
                    "cryptroot/crypttab",
                    seen: sources.first ?? "no volume", expected: "UUID=\(first.uuid)"))
        ]
    }

    func evidence(_ inside: String, seen: String, expected: String) -> Evidence {
        Evidence(path: scene.bootPath(image.file) + ":" + inside, seen: seen, expected: expected)
    }
}
