import Glibc
import Machine
import Storage
import Sysimage
import Testing

extension LoopTests {
    @Suite struct `looking` {
        let ext4 = """
            truncate -s 32M $IMAGE; mkfs.ext4 -q $IMAGE
            mount -o loop $IMAGE $MNT; mkdir $MNT/etc $MNT/boot; echo debian > $MNT/etc/os-release; umount $MNT
            """

        func look(
            _ volume: Volume, copy: Copy? = nil, subvolume: String? = nil, replay: Bool = false,
            map: StorageMap = StorageMap()
        ) throws(SystemError) -> Looking {
            try Looking(volume, in: map, copy: copy, subvolume: subvolume, replay: replay, at: LookingPlace())
        }

        @Test func `a clean filesystem is read and its image stays as it was`() throws {
            let disk = try LoopDisk(ext4)
            _ = try LookingPlace()
            let (hash, traces) = (disk.hash, Traces(of: disk))
            let looking = try look(disk.volume("ext4"))
            #expect(looking.state == .clean)
            #expect(try looking.root().text("/etc/os-release") == "debian\n")
            #expect(
                Traces(of: disk) != traces,
                "a look that is under way leaves no trace to be found: the next test is blind")
            try looking.end()
            #expect(Traces(of: disk) == traces)
            #expect(disk.hash == hash)
        }

        @Test func `a look that is dropped ends as well`() throws {
            let disk = try LoopDisk(ext4)
            _ = try LookingPlace()
            let traces = Traces(of: disk)
            do { _ = try look(disk.volume("ext4")) }
            #expect(Traces(of: disk) == traces)
        }

        @Test func `a look ends although a file of it is still open`() throws {
            let disk = try LoopDisk(ext4)
            _ = try LookingPlace()
            let traces = Traces(of: disk)
            let looking = try look(disk.volume("ext4"))
            let root = try looking.root()
            try looking.end()
            #expect(Traces(of: disk).mounts == traces.mounts)
            #expect(try root.text("/etc/os-release") == "debian\n")
        }

        @Test func `a mount on a writable device shows what the read-only loop is for`() throws {
            let disk = try LoopDisk(Dirty.ext4)
            let hash = disk.hash
            try shell(
                "mount -o loop,ro,noload \(disk.image) \(disk.directory)/mnt && umount \(disk.directory)/mnt")
            #expect(disk.hash == hash, "losetup follows the ro of mount, so this much is safe")
            try shell(
                "L=$(losetup -f --show \(disk.image)) && mount -o ro,noload $L \(disk.directory)/mnt; umount \(disk.directory)/mnt; losetup -d $L"
            )
            #expect(
                disk.hash != hash, "the kernel no longer clears orphans here: the dirty image proves nothing")
        }

        @Test func `a dirty ext4 with an orphan stays as it was`() throws {
            let disk = try LoopDisk(Dirty.ext4)
            let hash = disk.hash
            let looking = try look(disk.volume("ext4", log: .dirty))
            #expect(looking.state == .unreplayed(nil))
            #expect(try looking.root().text("/etc/os-release") == "debian\n")
            try looking.end()
            #expect(disk.hash == hash)
        }

        @Test func `a dirty xfs stays as it was, and so does its other half`() throws {
            let disk = try LoopDisk(
                Dirty.xfs
                    + "\ncp --sparse=always $IMAGE $DIR/b.img; truncate -s 640M $IMAGE; dd if=$DIR/b.img of=$IMAGE bs=1M seek=320 conv=notrunc"
            )
            let hash = disk.hash
            let half: UInt64 = 320 << 20
            let one = try look(disk.volume("xfs", length: half, log: .dirty))
            let other = try look(disk.volume("xfs", at: half, length: half, log: .dirty))
            #expect(try one.root().text("/etc/os-release") == "rhel\n")
            #expect(try other.root().text("/etc/os-release") == "rhel\n")
            try one.end()
            try other.end()
            #expect(disk.hash == hash)
        }

        @Test(
            .enabled(
                if: !LoopGround.hasDeviceMapper, "this kernel has device-mapper: the lab shows the replay"))
        func `a log that cannot be replayed in memory is said to be unreplayed, with the reason`() throws {
            let disk = try LoopDisk(Dirty.ext4)
            let looking = try look(disk.volume("ext4", log: .dirty), replay: true)
            guard case .unreplayed(let reason?) = looking.state else {
                Issue.record("\(looking.state)")
                return
            }
            #expect(reason.contains("device-mapper") || reason.contains("dmsetup"))
        }

        @Test func `a filesystem inside a disk is found at its byte, and nothing past its end`() throws {
            let disk = try LoopDisk(
                ext4
                    + "\nmv $IMAGE $DIR/part.img; truncate -s 40M $IMAGE; dd if=$DIR/part.img of=$IMAGE bs=1M seek=3 conv=notrunc"
            )
            let looking = try look(disk.volume("ext4", at: 3 << 20, length: 32 << 20))
            #expect(try looking.root().text("/etc/os-release") == "debian\n")
            #expect(throws: SystemError.self) {
                _ = try look(disk.volume("ext4", at: 3 << 20, length: 8 << 20))
            }
        }

        @Test func `a mounted filesystem is bound read-only, whole, and stays mounted`() throws {
            let disk = try LoopDisk(ext4 + "\nmount -o loop $IMAGE $MNT; echo now > $MNT/etc/now")
            let node = output(of: "losetup -n -O NAME -j \(disk.image)").filter { $0 != "\n" }
            let looking = try look(disk.volume("ext4", log: .dirty, node: node))
            #expect(looking.state == .live)
            #expect(try looking.root().text("/etc/now") == "now\n")
            #expect(open(looking.path + "/etc/new", O_CREAT | O_WRONLY, 0o600) == -1)
            #expect(errno == EROFS)
            try looking.end()
            try shell("echo still > \(disk.directory)/mnt/etc/now")
        }

        @Test func `a btrfs subvolume is looked at by its name`() throws {
            let disk = try LoopDisk(
                """
                truncate -s 160M $IMAGE; mkfs.btrfs -q $IMAGE; mount -o loop $IMAGE $MNT
                btrfs subvolume create $MNT/@; mkdir $MNT/@/etc; echo suse > $MNT/@/etc/os-release; umount $MNT
                """)
            let hash = disk.hash
            let looking = try look(disk.volume("btrfs", log: nil), subvolume: "@")
            #expect(try looking.root().text("/etc/os-release") == "suse\n")
            try looking.end()
            let whole = try look(disk.volume("btrfs", log: nil))
            #expect(try whole.root().text("/@/etc/os-release") == "suse\n")
            try whole.end()
            #expect(disk.hash == hash)
        }

        @Test func `another volume can be put where it belongs, hostile links notwithstanding`() throws {
            let disk = try LoopDisk(
                ext4
                    + "\nmount -o loop $IMAGE $MNT; rmdir $MNT/boot; ln -s /../../../realboot $MNT/boot; mkdir $MNT/realboot; umount $MNT"
            )
            let boot = try LoopDisk("truncate -s 16M $IMAGE; mkfs.ext4 -q -L boot $IMAGE")
            let looking = try look(disk.volume("ext4"))
            #expect(try looking.add(boot.volume("ext4"), on: "/boot", in: StorageMap()) == .clean)
            #expect(try looking.root().exists("/realboot/lost+found"))
            #expect(throws: SystemError.self) {
                _ = try looking.add(boot.volume("ext4"), on: "/absent", in: StorageMap())
            }
            try looking.end()
        }

        @Test func `a feature the kernel does not know is named`() throws {
            let disk = try LoopDisk(ext4 + "\ndebugfs -w -R 'feature FEATURE_I30' $IMAGE")
            let error = try #require(throws: SystemError.self) { _ = try look(disk.volume("ext4")) }
            #expect(error.description.contains("unsupported optional features"))
            #expect(error.description.contains("bit 30"))
            #expect(error.description.hasPrefix("cannot mount '\(disk.image)#1'"))
        }

        @Test(.enabled(if: !LoopGround.hasDeviceMapper, "this kernel can join them"))
        func `a volume in two parts is refused by a kernel that cannot join them`() throws {
            let disk = try LoopDisk(ext4)
            var volume = disk.volume("ext4")
            let id = VolumeID(disk.image)
            volume.copies = [
                Copy(pieces: [
                    Piece(disk: id, offset: 8 << 20, length: 8 << 20),
                    Piece(disk: id, offset: 0, length: 8 << 20),
                ])
            ]
            let error = try #require(throws: SystemError.self) { _ = try look(volume) }
            #expect(error.description.contains("it lies in 2 parts"))
        }

        @Test func `two parts that touch are one`() throws {
            let disk = try LoopDisk(ext4)
            var volume = disk.volume("ext4")
            let id = VolumeID(disk.image)
            volume.copies = [
                Copy(pieces: [
                    Piece(disk: id, offset: 0, length: 8 << 20),
                    Piece(disk: id, offset: 8 << 20, length: 24 << 20),
                ])
            ]
            let looking = try look(volume)
            #expect(try looking.root().text("/etc/os-release") == "debian\n")
        }

        @Test(arguments: [(100, 512), (UInt64.max - 511, 1024), (0, 0)] as [(UInt64, UInt64)])
        func `extents that make no sense are refused`(offset: UInt64, length: UInt64) throws {
            let disk = try LoopDisk(ext4)
            var volume = disk.volume("ext4")
            volume.copies = [
                Copy(pieces: [Piece(disk: VolumeID(disk.image), offset: offset, length: length)])
            ]
            #expect(throws: SystemError.self) { _ = try look(volume) }
        }
    }
}
