import BootFiles
import Machine
import Storage
import TestFiles
import Testing

@testable import Surveying

@Suite struct `A swap file that the kernel's line names` {
    private let disk: RecordedDisk

    init() throws {
        disk = try RecordedDisk(bytes: [], size: 64 * 4096)
    }

    private func found(_ signature: String, line: String = "resume=UUID=5eed resume_offset=3") -> [UInt64] {
        disk.write(Array(signature.utf8), at: 3 * 4096 + 4086)
        let id = VolumeID(disk.path)
        let piece = Piece(disk: id, offset: 0, length: disk.size)
        let volume = Volume(
            id: id, kind: .disk, name: disk.path, size: disk.size, copies: [Copy(pieces: [piece])],
            signature: Signature(type: "ext4", usage: "filesystem", uuid: "5eed"))
        let storage = StorageMap(
            disks: [Disk(id: id, size: disk.size, sectorSize: 512)], volumes: [volume])
        let menu = "menuentry 'x' { linux /vmlinuz root=UUID=5eed \(line)\n }\n"
        let grub = BootDirectory.Grub(directory: "grub", config: GrubConfig(parsing: Array(menu.utf8)))
        let directory = BootDirectory(volume: id, path: "/boot", grub: grub)
        return SwapFileImage.all(in: [directory], storage).map(\.offset)
    }

    @Test func `holds a hibernated system where the kernel has signed it`() {
        #expect(found("S1SUSPEND\0") == [3])
        #expect(found("SWAPSPACE2") == [])
    }

    @Test(arguments: [
        "resume_offset=3", "resume=UUID=5eed", "resume=UUID=5eed resume_offset=18446744073709551615",
    ])
    func `is none where the line leads nowhere`(line: String) {
        #expect(found("S1SUSPEND\0", line: line) == [])
    }
}
