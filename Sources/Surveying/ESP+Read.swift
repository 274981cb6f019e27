import BootFiles
import Bytes
import LibMount
import Machine
import Storage

extension ESP {
    // GPT's type, as libblkid writes it, and the MBR's.
    private static let types = ["c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "0xef"]
    private static let most = 64
    private static let largestConfig = 256 << 10
    // shim and GRUB have 1 to 4 MiB; kernels and whole images lie there too and are not summed.
    private static let largestLoader = 8 << 20
    // An ESP with the loaders of five systems has some 30 MiB of them.
    private static let mostBytes = 128 << 20
    /// In the order in which a PC looks for its own.
    private static let fallbacks = ["BOOTX64.EFI", "BOOTIA32.EFI", "BOOTAA64.EFI"]

    /// Every ESP: partitions of that type, whatever lies on them, and what an fstab mounts as one.
    ///
    /// A mirrored ESP is an array whose superblock is at its end; the firmware reads the halves, and so does this.
    static func all(in storage: StorageMap, _ installations: [Installation]) -> [ESP] {
        var volumes = storage.disks.flatMap { $0.table?.partitions ?? [] }
            .filter { types.contains($0.type.lowercased()) }.map(\.id)
        for fstab in installations.compactMap(\.fstab) {
            for entry in Fstab(parsing: fstab.text).entries where mountPoints.contains(entry.target) {
                for volume in storage.volumes(source: entry.source)
                where volume.signature?.type == "vfat" && !volumes.contains(volume.id) {
                    volumes.append(volume.id)
                }
            }
        }
        return volumes.filter { storage.volume($0)?.isReadable == true }.map { read($0, of: storage) }
    }

    private static func read(_ volume: VolumeID, of storage: StorageMap) -> ESP {
        // Of metadata 1.1 and 1.2 the members do not begin with the array's first sector (md.4).
        if let array = storage.array(volume),
            array.members.contains(where: { $0.superblock.dataOffset != 0 })
        {
            let reason = "metadata \(array.version) begins its members, so the firmware finds no filesystem"
            return ESP(volume: volume, failures: [reason])
        }
        do throws(SystemError) {
            return ESP(volume, try FATFilesystem(storage.source(of: volume)))
        } catch { return ESP(volume: volume, failures: [error.description]) }
    }

    /// What lies in the directories of `EFI`. Damage is part of the answer.
    init(_ volume: VolumeID, _ files: FATFilesystem) {
        self.init(volume: volume)
        var left = Self.mostBytes
        for directory in listed("EFI", files) where directory.isDirectory {
            vendors.append(vendor(directory.name, files, &left))
        }
        let standard = vendors.filter { $0.name.lowercased() == "boot" }.flatMap(\.loaders)
        fallback =
            Self.fallbacks.lazy.compactMap { name in
                standard.first { $0.path.lowercased().hasSuffix("/" + name.lowercased()) }
            }.first?.path
    }

    /// `left`: how many bytes may still be read of this ESP.
    private mutating func vendor(_ name: String, _ files: FATFilesystem, _ left: inout Int) -> Vendor {
        var vendor = Vendor(name: name)
        for entry in listed("EFI/\(name)", files) where !entry.isDirectory {
            let path = "EFI/\(name)/\(entry.name)"
            guard left > 0 else {
                failures.append("'\(path)' was not read: \(Self.mostBytes >> 20) MiB of this ESP were")
                break
            }
            left -= min(Int(entry.size), Self.largestLoader)
            if entry.name.lowercased() == "grub.cfg" {
                let bytes = attempt { () throws(SystemError) in
                    try files.read(entry, limit: Self.largestConfig)
                }
                vendor.config = bytes.map { .init(path: path, text: String(decoding: $0, as: UTF8.self)) }
            } else if entry.name.lowercased() == "grubenv" {
                let bytes = attempt { () throws(SystemError) in
                    try files.read(entry, limit: Self.largestConfig)
                }
                vendor.environment = bytes.map { GrubEnvironment(parsing: $0) }
            } else if entry.name.lowercased().hasSuffix(".efi") {
                vendor.loaders.append(Loader(path: path, size: UInt64(entry.size)))
                let isLoader = entry.size <= UInt32(Self.largestLoader)
                let bytes = attempt { () throws(SystemError) in
                    isLoader
                        ? try files.read(entry, limit: Self.largestLoader)
                        : try files.head(of: entry, most: UnifiedImage.head)
                }
                guard let bytes else { continue }
                let last = vendor.loaders.count - 1
                if isLoader { vendor.loaders[last].checksum = CRC32().standard(bytes) }
                vendor.loaders[last].isSigned = FirmwareProgram(parsing: bytes)?.isSigned
                vendor.loaders[last].unified = UnifiedImage(parsing: bytes)
                if isLoader { vendor.loaders[last].core = CoreImage(parsingLoader: bytes) }
            }
        }
        return vendor
    }

    private mutating func listed(_ path: String, _ files: FATFilesystem) -> [FATEntry] {
        do throws(SystemError) {
            let entries = try files.list(path) ?? []
            if entries.count > Self.most {
                failures.append("'\(path)' has \(entries.count) entries, of which \(Self.most) were read")
            }
            return Array(entries.sorted { $0.name < $1.name }.prefix(Self.most))
        } catch {
            failures.append(error.description)
            return []
        }
    }

    private mutating func attempt(_ work: () throws(SystemError) -> [UInt8]) -> [UInt8]? {
        do throws(SystemError) {
            return try work()
        } catch {
            failures.append(error.description)
            return nil
        }
    }
}
