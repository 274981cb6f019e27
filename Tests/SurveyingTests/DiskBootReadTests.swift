import BootFiles
import Machine
import Storage
import Testing

@testable import Surveying

@Suite struct `boot code of a disk` {
    let nowhere = CoreDestinations(storage: StorageMap(), readings: [])

    func disk(_ table: PartitionTable?) -> Disk {
        Disk(id: VolumeID("/dev/sda"), size: 1 << 30, sectorSize: 512, table: table)
    }

    func partition(_ number: Int, at start: UInt64, type: String) -> Partition {
        Partition(id: VolumeID("/dev/sda\(number)"), number: number, start: start, size: 1 << 20, type: type)
    }

    @Test func `has the gap before the lowest partition for a core image`() {
        let table = PartitionTable(
            type: "dos",
            partitions: [partition(1, at: 4 << 20, type: "0x83"), partition(2, at: 63 * 512, type: "0x83")])
        let boot = DiskBoot.read(disk(table), from: MemorySource([UInt8](repeating: 0, count: 512)), nowhere)
        #expect(boot.area == DiskBoot.Area(start: 512, length: 62 * 512))
        #expect(boot.record == BootRecord(code: .empty, hasSignature: false))
    }

    @Test func `has the BIOS boot partition on a GPT disk, and no gap`() {
        let with = PartitionTable(
            type: "gpt", partitions: [partition(1, at: 1 << 20, type: "21686148-6449-6E6F-744E-656564454649")]
        )
        let without = PartitionTable(type: "gpt", partitions: [partition(1, at: 1 << 20, type: "0fc63daf")])
        let source = MemorySource([UInt8](repeating: 0, count: 512))
        #expect(
            DiskBoot.read(disk(with), from: source, nowhere).area
                == DiskBoot.Area(start: 1 << 20, length: 1 << 20))
        #expect(DiskBoot.read(disk(without), from: source, nowhere).area == nil)
    }

    @Test func `that ends early is a failure, not an empty record`() {
        let boot = DiskBoot.read(disk(nil), from: MemorySource([1, 2, 3]), nowhere)
        #expect(boot.record == nil)
        #expect(boot.failure?.contains("ends before") == true)
    }

    /// A disk with somebody else's code in its first sector and GRUB's in that of the first partition.
    private func generic(active: [Int]) -> DiskBoot {
        var bytes = [UInt8](repeating: 0, count: 2 << 20)
        func write(_ text: String, at offset: Int) {
            bytes.replaceSubrange(offset..<(offset + text.utf8.count), with: text.utf8)
        }
        write("Operating system load error", at: 300)
        write("Geom\0Hard Disk\0Read\0 Error", at: 1 << 20 | 0x180)
        bytes.replaceSubrange((1 << 20)..<((1 << 20) + 2), with: [0xeb, 0x63])
        bytes[1 << 20 | 0x5c] = 9
        for sector in [0, 1 << 20] {
            bytes.replaceSubrange((sector + 510)..<(sector + 512), with: [0x55, 0xaa])
        }
        var partitions = [partition(1, at: 1 << 20, type: "0x83"), partition(2, at: 3 << 20, type: "0x83")]
        for number in active { partitions[number - 1].isActive = true }
        let table = PartitionTable(type: "dos", partitions: partitions)
        return DiskBoot.read(disk(table), from: MemorySource(bytes), nowhere)
    }

    @Test func `goes on in the active partition where it is somebody else's`() {
        let boot = generic(active: [1])
        #expect(boot.record == BootRecord(code: .foreign("syslinux"), hasSignature: true))
        #expect(boot.active?.partition == VolumeID("/dev/sda1"))
        #expect(boot.active?.record == BootRecord(code: .grub(coreSector: 9), hasSignature: true))
        // The core's sector is counted from the start of the disk.
        #expect(boot.active?.core?.damage?.hasPrefix("sector 9 holds zeros") == true)
        #expect(boot.core == nil && boot.startedCore == boot.active?.core)
    }

    @Test(arguments: [[], [2], [1, 2]])
    func `goes on nowhere without one active partition on the disk`(active: [Int]) {
        let boot = generic(active: active)
        #expect(boot.record?.code == .foreign("syslinux"))
        #expect(boot.active == nil)
    }
}
