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
}
