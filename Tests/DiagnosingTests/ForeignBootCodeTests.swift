import BootFiles
import Changes
import Storage
import Surveying
import Testing

@testable import Diagnosing

/// Boot code that is not GRUB's, in front of GRUB or instead of it.
@Suite struct ForeignBootCodeTests {
    private func foreign(_ code: BootRecord.Code) throws -> Mirror {
        var mirror = try Mirror()
        for index in mirror.survey.diskBoots.indices {
            mirror.survey.diskBoots[index].record?.code = code
            mirror.survey.diskBoots[index].core = nil
        }
        return mirror
    }

    /// GRUB in the boot sectors of the active partitions, as YaST's older proposals have it.
    private func inPartition(behind name: String) throws -> Mirror {
        var mirror = try foreign(.foreign(name))
        let healthy = try Mirror().survey.diskBoots
        for (index, boot) in healthy.enumerated() {
            let record = try #require(boot.record)
            mirror.survey.diskBoots[index].active = DiskBoot.ActivePartition(
                partition: VolumeID("\(boot.disk)#1"), record: record, core: boot.core)
        }
        return mirror
    }

    private func activate(_ isActive: Bool, in mirror: inout Mirror) {
        for disk in mirror.survey.storage.disks.indices {
            mirror.survey.storage.disks[disk].table?.partitions[0].isActive = isActive
        }
    }

    private func reason(_ mirror: Mirror) -> String? {
        mirror.diagnosis.steps.first { $0.id == .grubInstall }?.reason
    }

    @Test(
        arguments: [
            (.foreign("syslinux"), "syslinux"), (.foreign("Windows"), "Windows"), (.foreign("LILO"), "LILO"),
            (.foreign("unknown code"), "unknown code"), (.grubLegacy, "GRUB Legacy"),
        ] as [(BootRecord.Code, String)])
    func `is named, and not overwritten`(code: BootRecord.Code, name: String) throws {
        let mirror = try foreign(code)
        #expect(mirror.wrongSteps == [.grubInstall])
        #expect(mirror.state(of: .grubInstall) == .unknown)
        #expect(reason(mirror)?.contains(name) == true)
        #expect(mirror.diagnosis.verdict == .unknown)
        #expect(mirror.plan().remedies.isEmpty)
    }

    @Test(arguments: ["syslinux", "Windows", "unknown code"])
    func `starts GRUB in the active partition`(name: String) throws {
        var mirror = try inPartition(behind: name)
        #expect(mirror.wrongSteps.isEmpty)
        for index in mirror.survey.diskBoots.indices {
            mirror.survey.diskBoots[index].active?.core?.prefix = "(,msdos2)/grub"
        }
        #expect(mirror.state(of: .grubInstall) == (name == "unknown code" ? .unknown : .stale))
    }

    @Test func `that finds its own way does not come by the active partition`() throws {
        #expect(try inPartition(behind: "LILO").state(of: .grubInstall) == .unknown)
    }

    @Test func `in the active partition too is named`() throws {
        var mirror = try inPartition(behind: "syslinux")
        for index in mirror.survey.diskBoots.indices {
            mirror.survey.diskBoots[index].active?.record.code = .grubLegacy
        }
        #expect(mirror.state(of: .grubInstall) == .unknown)
        #expect(reason(mirror)?.contains("GRUB Legacy") == true)
    }

    @Test func `that only starts an active partition starts nothing without one, or without code in it`()
        throws
    {
        var mirror = try foreign(.foreign("syslinux"))
        activate(false, in: &mirror)
        #expect(try mirror.finding("grub-install.missing").severity == .blocker)
        #expect(mirror.state(of: .grubInstall) == .skipped)
        activate(true, in: &mirror)
        #expect(mirror.state(of: .grubInstall) == .unknown)
        let empty = BootRecord(code: .empty, hasSignature: false)
        for index in mirror.survey.diskBoots.indices {
            let partition = VolumeID("\(mirror.survey.diskBoots[index].disk)#1")
            mirror.survey.diskBoots[index].active = DiskBoot.ActivePartition(
                partition: partition, record: empty)
        }
        #expect(try mirror.finding("grub-install.missing").symptom == "Missing operating system")
        mirror = try foreign(.foreign("unknown code"))
        activate(false, in: &mirror)
        #expect(mirror.state(of: .grubInstall) == .unknown)
    }

    @Test func `that no BIOS starts is in nobody's way`() throws {
        var mirror = try foreign(.foreign("unknown code"))
        for index in mirror.survey.diskBoots.indices {
            mirror.survey.diskBoots[index].record?.hasSignature = false
        }
        #expect(try mirror.finding("grub-install.missing").symptom == "No bootable device")
    }

    @Test func `on the disk that starts leaves it open, and the other disk still gets what it misses`() throws
    {
        var mirror = try Mirror()
        mirror.survey.diskBoots[0].record?.code = .foreign("syslinux")
        mirror.survey.diskBoots[0].core = nil
        mirror.eraseBootCode(of: 1)
        #expect(mirror.state(of: .grubInstall) == .unknown)
        #expect(mirror.diagnosis.verdict == .unknown)
        #expect(mirror.plan().remedies.flatMap(\.changes).compactMap(\.device) == ["b.img"])
    }
}

/// Core images that grub-install of today would not have made.
@Suite struct CoreAimTests {
    private func configured(_ configuration: String) throws -> Mirror {
        var mirror = try Mirror()
        for index in mirror.survey.diskBoots.indices {
            mirror.survey.diskBoots[index].core?.prefix = "/grub"
            mirror.survey.diskBoots[index].core?.configuration = configuration + "\nset prefix=($root)/grub\n"
        }
        return mirror
    }

    @Test func `a search for a file may find boot or not`() throws {
        let mirror = try configured("search --file --set=root /.bootmark")
        #expect(mirror.state(of: .grubInstall) == .unknown)
        #expect(mirror.diagnosis.verdict == .unknown)
        #expect(mirror.plan().remedies.isEmpty)
    }

    @Test func `a search for a label leads to the filesystem that has it`() throws {
        var mirror = try configured("search.fs_label BOOT root")
        #expect(try mirror.finding("grub-install.stale-prefix").symptom == "error: no such device: BOOT.")
        try mirror.change(mirror.survey.bootDirectories[0].volume.rawValue) { $0.signature?.label = "BOOT" }
        #expect(mirror.wrongSteps.isEmpty)
        // Which of two GRUB comes upon first is not known.
        mirror.plugIn("c.img", partitions: [1 << 30])
        try mirror.change("c.img#1") {
            $0.signature = Signature(
                type: "ext4", usage: "filesystem", uuid: Mirror.gone, label: "BOOT")
        }
        #expect(mirror.state(of: .grubInstall) == .unknown)
        try mirror.change(mirror.survey.bootDirectories[0].volume.rawValue) { $0.signature?.label = "OTHER" }
        #expect(mirror.state(of: .grubInstall) == .stale)
    }

    @Test(
        arguments: [
            ("(hd0,msdos1)", .done), ("(hd0,msdos2)", .stale), ("(hd1,msdos1)", .unknown),
            ("(md0)", .unknown),
        ] as [(String, Diagnosis.StepResult.State)])
    func `the BIOS's first drive is the one that was started`(
        place: String, state: Diagnosis.StepResult.State
    ) throws {
        var mirror = try Mirror()
        try mirror.makeBootPlain()
        mirror.survey.diskBoots[0].core?.prefix = place + "/grub"
        #expect(mirror.state(of: .grubInstall) == state)
    }

    @Test func `is overwritten where it is asked for and its disk is named`() throws {
        var mirror = try Mirror()
        mirror.survey.diskBoots[1].record?.code = .foreign("unknown code")
        mirror.survey.diskBoots[1].core = nil
        let disks = { (options: PlanOptions) in
            mirror.plan(options).remedies.flatMap(\.changes).filter { $0.kind == "install-boot-loader" }
                .compactMap(\.device)
        }
        #expect(disks(PlanOptions(again: [.grubInstall])) == ["a.img"])
        #expect(disks(PlanOptions(again: [.grubInstall], confirmed: ["b.img"])) == ["a.img", "b.img"])
        var odd = try Mirror()
        odd.survey.storage.disks[0].table?.remark = "a GPT whose first copy is damaged"
        #expect(odd.plan(PlanOptions(again: [.grubInstall])).confirmable == ["a.img"])
    }
}
