import FoundationEssentials
import Machine
import Storage
import TestFiles
import Testing

@testable import Surveying

@Suite struct `An EFI system partition` {
    private static let folder =
        #filePath.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/Fixtures"

    /// The filesystem of Fixtures/esp.img at the second mebibyte of an MBR disk.
    private func disk(type: UInt8) throws -> [UInt8] {
        let filesystem = try #require(try RootDirectory(Self.folder).read("esp.img"))
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        bytes[0x1c2] = type
        // 2048 sectors from the start, 128 long.
        bytes.replaceSubrange(0x1c6..<0x1ce, with: [0, 8, 0, 0, 128, 0, 0, 0])
        bytes.replaceSubrange(510..<512, with: [0x55, 0xaa])
        return bytes + filesystem
    }

    private let text = """
        search.fs_uuid 1b3f root hd0,gpt2
        set prefix=($root)/grub
        configfile $prefix/grub.cfg

        """

    @Test func `is read vendor by vendor without a kernel that knows vfat`() throws {
        let tree = try TemporaryDirectory()
        try tree.write(try disk(type: 0xef), to: "a.img")
        let storage = try StorageReader.read(paths: [tree.path + "/a.img"])
        let esps = ESP.all(in: storage, [])
        #expect(esps.map(\.volume) == [VolumeID(tree.path + "/a.img#1")])
        let esp = try #require(esps.first)
        #expect(esp.failures == [])
        #expect(esp.fallback == "EFI/BOOT/BOOTX64.EFI")
        #expect(esp.vendors.map(\.name) == ["A vendor with a läng name", "BOOT", "debian"])
        #expect(
            esp.vendors.map(\.loaders) == [
                [], [.init(path: "EFI/BOOT/BOOTX64.EFI", size: 1500, checksum: 1_278_388_966)],
                [
                    .init(path: "EFI/debian/grubx64.efi", size: 6000, checksum: 1_671_340_112),
                    .init(path: "EFI/debian/shimx64.efi", size: 1500, checksum: 1_278_388_966),
                ],
            ])
        #expect(esp.vendors.map(\.config) == [nil, nil, .init(path: "EFI/debian/grub.cfg", text: text)])
    }

    @Test func `of another type is one where fstab mounts it as one`() throws {
        let tree = try TemporaryDirectory()
        try tree.write(try disk(type: 0x0c), to: "a.img")
        let storage = try StorageReader.read(paths: [tree.path + "/a.img"])
        #expect(ESP.all(in: storage, []).isEmpty)
        var installation = Installation(root: VolumeID("lv:rhel/root"), release: .init(parsing: "ID=rhel"))
        installation.fstab = .init(path: "/etc/fstab", text: "UUID=1212-1212 /boot/efi vfat umask=0077 0 2\n")
        #expect(ESP.all(in: storage, [installation]).first?.vendors.count == 3)
        installation.fstab?.text = "UUID=1212-1212 /mnt/stick vfat defaults 0 0\n"
        #expect(ESP.all(in: storage, [installation]).isEmpty)
    }

    @Test(arguments: [("1.0", 0, 3), ("1.2", 1 << 20, 0)] as [(String, UInt64, Int)])
    func `that is mirrored is one for the firmware where its members begin with it`(
        version: String, dataOffset: UInt64, vendors: Int
    ) throws {
        let tree = try TemporaryDirectory()
        try tree.write(try disk(type: 0xfd), to: "a.img")
        var storage = try StorageReader.read(paths: [tree.path + "/a.img"])
        let index = try #require(storage.volumes.firstIndex { $0.kind == .partition })
        let member = MDMember(
            device: storage.volumes[index].id,
            superblock: MDSuperblock(
                version: version, arrayUUID: "u", level: 1, raidDisks: 2, role: .active(0), events: 7,
                dataOffset: dataOffset, size: 0, offset: 0))
        storage.arrays = [
            MDArray(
                id: VolumeID("md:u"), uuid: "u", name: nil, level: 1, raidDisks: 2, version: version,
                members: [member])
        ]
        storage.volumes[index].id = VolumeID("md:u")
        storage.volumes[index].kind = .array
        var installation = Installation(root: VolumeID("lv:rhel/root"), release: .init(parsing: "ID=rhel"))
        installation.fstab = .init(path: "/etc/fstab", text: "UUID=1212-1212 /boot/efi vfat umask=0077 0 2\n")
        let esp = try #require(ESP.all(in: storage, [installation]).first)
        #expect(esp.vendors.count == vendors)
        #expect(esp.failures.isEmpty == (vendors > 0))
    }

    @Test func `that holds no FAT says so`() throws {
        let tree = try TemporaryDirectory()
        var bytes = try disk(type: 0xef)
        bytes.replaceSubrange((1 << 20)..<(1 << 20) + 512, with: [UInt8](repeating: 0, count: 512))
        try tree.write(bytes, to: "a.img")
        let storage = try StorageReader.read(paths: [tree.path + "/a.img"])
        let esp = try #require(ESP.all(in: storage, []).first)
        #expect(esp.vendors.isEmpty && esp.failures.count == 1)
        #expect(esp.failures.first?.hasSuffix("its boot sector is not that of a FAT") == true)
    }

    @Test func `is gone with its disk, and unknown to older surveys`() throws {
        let tree = try TemporaryDirectory()
        try tree.write(try disk(type: 0xef), to: "a.img")
        try tree.write(try disk(type: 0xef), to: "b.img")
        let storage = try StorageReader.read(paths: ["a", "b"].map { tree.path + "/\($0).img" })
        var survey = Survey(
            medium: Medium(kernel: "6.1", firmware: .uefi, hasMD: true, hasDeviceMapper: false, tools: []),
            storage: storage, esps: ESP.all(in: storage, []))
        #expect(survey.esps.count == 2)
        #expect(survey.without(storage.disks[0].id).esps == [survey.esps[1]])
        #expect(try JSONDecoder().decode(Survey.self, from: JSONEncoder().encode(survey)) == survey)
        let saved = String(decoding: try JSONEncoder().encode(survey), as: UTF8.self)
        let key = try #require(saved.firstRange(of: "\"esps\""))
        let old = String(saved[..<key.lowerBound]) + "\"unheardOf\"" + String(saved[key.upperBound...])
        #expect(try JSONDecoder().decode(Survey.self, from: Data(old.utf8)).esps.isEmpty)
        survey.esps[0].vendors[2].config?.text = "set password=geheim\n"
        #expect(survey.withoutSecrets().esps[0].vendors[2].config?.text == "set password=(removed)\n")
    }
}
