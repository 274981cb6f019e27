import BootFiles
import Bytes
import Storage
import Surveying

/// dracut's own parameters, rd.*: what the initramfs starts and waits for.
extension CommandLineJudge {
    // dracut still takes the spellings of RHEL 6 (getargs … -d rd_LVM_LV= in its parse-*.sh).
    private static let arrayNames = ["rd.md.uuid", "rd_MD_UUID"]
    private static let volumeNames = ["rd.lvm.lv", "rd_LVM_LV"]
    private static let groupNames = ["rd.lvm.vg", "rd_LVM_VG"]
    private static let containerNames = ["rd.luks.uuid", "rd_LUKS_UUID"]

    /// A parameter as it is written, and its value.
    private struct Word {
        var text: String
        var value: String
    }

    private static func words(_ names: [String], of line: KernelCommandLine) -> [Word] {
        line.parameters.filter { names.contains($0.name) }.compactMap { parameter in
            parameter.value.map { Word(text: parameter.name + "=" + $0, value: $0) }
        }
    }

    /// The rd.* that lead nowhere, or keep shut what is under the root.
    func dracutProblems(_ line: KernelCommandLine) -> [CommandLineProblem] {
        arrays(line) + volumes(line) + containers(line) + switchedOff(line)
    }

    /// The rd.* without which what is under the root is not started.
    func dracutMissing(_ line: KernelCommandLine) -> [CommandLineProblem] {
        [unnamedArray(line), unnamedVolume(line), unnamedContainer(line)].compactMap { $0 }
    }

    // The rules that start it are taken away, whatever is named (parse-md.sh, parse-lvm.sh, parse-crypt.sh).
    private func switchedOff(_ line: KernelCommandLine) -> [CommandLineProblem] {
        let kinds: [(word: String, isUnderRoot: Bool, what: String, says: String)] = [
            ("md", !stack.arrays.isEmpty, "the arrays", "MD RAID"),
            ("lvm", !stack.logicalVolumes.isEmpty, "the logical volumes", "LVM"),
            ("luks", !stack.containers.isEmpty, "the encrypted volumes", "cryptoluks"),
        ]
        return kinds.compactMap { kind in
            let name = "rd." + kind.word
            guard kind.isUnderRoot, let word = line.switchOff(of: name) else { return nil }
            return CommandLineProblem(
                kind.word + "-switched-off", old: word, new: nil,
                "\(word) keeps the initramfs from starting \(kind.what) under the root",
                symptom: "\(name)=0: removing \(kind.says) activation, then dracut-initqueue: timeout")
        }
    }

    // MARK: arrays

    private func arrays(_ line: KernelCommandLine) -> [CommandLineProblem] {
        let known = Set(scene.storage.arrays.map(\.uuid.hexDigits))
        let named = Self.words(Self.arrayNames, of: line)
        var unnamed = stack.arrays.filter { array in
            !named.contains { $0.value.hexDigits == array.uuid.hexDigits }
        }
        return named.filter { !known.contains($0.value.hexDigits) }.map { word in
            let right = unnamed.isEmpty ? nil : unnamed.removeFirst()
            return CommandLineProblem(
                "no-such-array", old: word.text, new: right.map { "rd.md.uuid=" + $0.uuid },
                "the initramfs waits for the array \(word.value), which no disk has",
                symptom: "Warning: /dev/disk/by-id/md-uuid-\(word.value) does not exist")
        }
    }

    // parse-md.sh: with any rd.md.uuid only those are assembled, without one nothing unless rd.auto.
    private func unnamedArray(_ line: KernelCommandLine) -> CommandLineProblem? {
        let named = Self.words(Self.arrayNames, of: line).map(\.value.hexDigits)
        let isAny = named.isEmpty && line.flag("rd.auto") == true
        guard !isAny, let array = stack.arrays.first(where: { !named.contains($0.uuid.hexDigits) }) else {
            return nil
        }
        return CommandLineProblem(
            "array-not-named", old: nil, new: "rd.md.uuid=" + array.uuid,
            "the initramfs is not told to assemble the array under the root",
            symptom: named.isEmpty
                ? "rd.md=0: removing MD RAID activation, then dracut-initqueue: timeout"
                : "dracut-initqueue: timeout, then Warning: the root does not exist")
    }

    // MARK: logical volumes

    // It waits for /dev/GROUP as for /dev/GROUP/VOLUME (parse-lvm.sh, wait_for_dev).
    private func volumes(_ line: KernelCommandLine) -> [CommandLineProblem] {
        var unnamed = unnamedVolumes(line)
        func problem(_ word: Word, _ name: String, _ what: String) -> CommandLineProblem {
            let right = unnamed.isEmpty ? nil : unnamed.removeFirst()
            return CommandLineProblem(
                name, old: word.text, new: right.map { "rd.lvm.lv=" + $0 },
                "the initramfs waits for the \(what) \(word.value), which is not there",
                symptom: "Warning: /dev/\(word.value) does not exist")
        }
        let volumes = Self.words(Self.volumeNames, of: line).filter { word in
            scene.storage.logicalVolume(VolumeID("lv:" + word.value)) == nil
                && !scene.isHidden("/dev/" + word.value)
        }
        let groups = Self.words(Self.groupNames, of: line).filter { word in
            !scene.storage.groups.contains { $0.name == word.value } && !scene.isHidden("/dev/" + word.value)
        }
        return volumes.map { problem($0, "no-such-volume", "logical volume") }
            + groups.map { problem($0, "no-such-volume-group", "volume group") }
    }

    private func unnamedVolume(_ line: KernelCommandLine) -> CommandLineProblem? {
        let isNamed = !Self.words(Self.volumeNames + Self.groupNames, of: line).isEmpty
        let isAny = !isNamed && line.flag("rd.auto") == true
        guard !isAny, let volume = unnamedVolumes(line).first else { return nil }
        return CommandLineProblem(
            "volume-not-named", old: nil, new: "rd.lvm.lv=" + volume,
            "the initramfs is not told to activate the logical volume of the root",
            symptom: isNamed
                ? "dracut-initqueue: timeout, then Warning: the root does not exist"
                : "rd.lvm=0: removing LVM activation, then dracut-initqueue: timeout")
    }

    /// The logical volumes under the root that no word names, as GROUP/VOLUME.
    private func unnamedVolumes(_ line: KernelCommandLine) -> [String] {
        let volumes = Self.words(Self.volumeNames, of: line).map(\.value)
        let groups = Self.words(Self.groupNames, of: line).map(\.value)
        return stack.logicalVolumes.filter { !groups.contains($0.group.name) }
            .map { "\($0.group.name)/\($0.volume.name)" }.filter { !volumes.contains($0) }
    }

    // MARK: encrypted volumes

    private func containers(_ line: KernelCommandLine) -> [CommandLineProblem] {
        let known = scene.storage.volumes.filter { $0.signature?.type == "crypto_LUKS" }
            .compactMap { $0.signature?.uuid?.lowercased() }
        let named = Self.words(Self.containerNames, of: line)
        var unnamed = unnamedContainers(line)
        return named.filter { word in !known.contains { Self.isContainer($0, named: word.value) } }.map {
            word in
            let right = unnamed.isEmpty ? nil : unnamed.removeFirst()
            return CommandLineProblem(
                "no-such-container", old: word.text, new: right.map { "rd.luks.uuid=" + $0 },
                "the initramfs waits for the encrypted volume \(word.value), which no disk has",
                symptom: "dracut-initqueue: timeout, then Warning: the root does not exist")
        }
    }

    // As soon as one is named the others stay shut (parse-crypt.sh; systemd-cryptsetup-generator(8)). Which one a
    // serial number or a partition names is not known here.
    private func unnamedContainer(_ line: KernelCommandLine) -> CommandLineProblem? {
        let isAnyNamed = !Self.words(Self.containerNames + ["rd.luks.name"], of: line).isEmpty
        guard isAnyNamed, !["rd.luks.serial", "rd.luks.partuuid"].contains(where: line.contains),
            let uuid = unnamedContainers(line).first
        else { return nil }
        return CommandLineProblem(
            "container-not-named", old: nil, new: "rd.luks.uuid=" + uuid,
            "the initramfs is not told to open the encrypted volume under the root",
            symptom: "dracut-initqueue: timeout, then Warning: the root does not exist")
    }

    /// The UUIDs of the containers under the root that no word names.
    private func unnamedContainers(_ line: KernelCommandLine) -> [String] {
        let named =
            Self.words(Self.containerNames + ["luks.uuid"], of: line).map(\.value)
            + Self.words(["rd.luks.name", "luks.name"], of: line).map {
                String($0.value.prefix { $0 != "=" })
            }
        return stack.containers.map { String($0.rawValue.dropFirst("luks:".count)) }.filter { uuid in
            !named.contains { Self.isContainer(uuid.lowercased(), named: $0) }
        }
    }

    // parse-crypt.sh takes the beginning of a UUID for the whole, with or without "luks-" in front.
    private static func isContainer(_ uuid: String, named value: String) -> Bool {
        uuid.hasPrefix((value.hasPrefix("luks-") ? String(value.dropFirst(5)) : value).lowercased())
    }
}

extension KernelCommandLine {
    /// The word that switches a part of dracut off, as it is written; nil where nothing does.
    ///
    /// `rd.md=0`, or where it says nothing RHEL 6's `rd_NO_MD`, which its installer wrote for every root that was not on
    /// MD (dracut-lib.sh, getarg; parse-md.sh).
    func switchOff(of name: String) -> String? {
        let negative = "rd_NO_" + name.dropFirst("rd.".count).uppercased()
        let last = parameters.last { $0.name == name } ?? parameters.last { $0.name == negative }
        guard let last, last.name == negative || flag(name) == false else { return nil }
        return last.name + (last.value.map { "=" + $0 } ?? "")
    }
}
