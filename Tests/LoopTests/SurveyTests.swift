import Glibc
import Machine
import Storage
import Surveying
import Sysimage
import Testing

/// Shell lines for disks with something to be found on them.
private enum Layout {
    /// Puts the files of an installed system into `$1`.
    static let root = """
        root() { mkdir -p $1/etc $1/usr/lib/modules/6.1.0-1-amd64 $1/boot; ln -s usr/lib $1/lib
          echo ID=$2 > $1/etc/os-release; echo '/dev/sda2 / ext4 defaults 0 1' > $1/etc/fstab
          echo $2$2 | md5sum | cut -c1-32 > $1/etc/machine-id; echo mirror > $1/etc/hostname
          touch $1/usr/lib/modules/6.1.0-1-amd64/modules.dep; }
        boot() { mkdir -p $1/grub; echo kernel > $1/vmlinuz-6.1.0-1-amd64
          echo "menuentry 'one' { linux /vmlinuz-6.1.0-1-amd64 root=/dev/sda2; }" > $1/grub/grub.cfg
          (cd $DIR && mkdir -p i && echo '#!/bin/sh' > i/init && chmod +x i/init && cd i && echo init | cpio -o -H newc | gzip > $1/initrd.img-6.1.0-1-amd64); }

        """

    /// An MBR disk: /boot on XFS from 1 MiB, root on ext4 behind it.
    static let plain =
        root + """
            truncate -s 320M $DIR/boot.img; mkfs.xfs -q $DIR/boot.img; mount -o loop $DIR/boot.img $MNT; boot $MNT; umount $MNT
            truncate -s 64M $DIR/root.img; mkfs.ext4 -q $DIR/root.img; mount -o loop $DIR/root.img $MNT; root $MNT debian; umount $MNT
            """ + join

    /// The same with a root that was in use when the power went.
    static let dirty =
        root + """
            truncate -s 320M $DIR/boot.img; mkfs.xfs -q $DIR/boot.img; mount -o loop $DIR/boot.img $MNT; boot $MNT; umount $MNT
            truncate -s 64M $DIR/live.img; mkfs.ext4 -q $DIR/live.img; mount -o loop $DIR/live.img $MNT; root $MNT debian
            sync -f $MNT; cp $DIR/live.img $DIR/root.img; umount $MNT
            """ + join

    private static let join = """

        truncate -s 388M $IMAGE
        printf '2048,655360,83,*\\n657408,131072,83\\n' | sfdisk -q $IMAGE
        dd if=$DIR/boot.img of=$IMAGE bs=1M seek=1 conv=notrunc; dd if=$DIR/root.img of=$IMAGE bs=1M seek=321 conv=notrunc
        """
}

extension LoopTests {
    struct `a survey` {
        func survey(_ disk: LoopDisk, _ more: String...) throws(SystemError) -> Survey {
            try Surveyor.survey(SurveyRequest(.paths([disk.image] + more)))
        }

        @Test func `finds the installation and its /boot, and changes no byte`() throws {
            let disk = try LoopDisk(Layout.plain)
            _ = try LookingPlace()
            let (hash, traces) = (disk.hash, Traces(of: disk))
            let found = try survey(disk)
            let installation = try #require(found.installations.first)
            #expect(found.installations.count == 1)
            #expect(installation.root == VolumeID("\(disk.image)#2"))
            #expect(installation.release.id == "debian")
            #expect(installation.hostName == "mirror")
            #expect(installation.kernels == ["6.1.0-1-amd64"])
            #expect(!installation.readUnreplayed)
            let boot = try #require(found.bootDirectories.first)
            #expect(found.bootDirectories.count == 1)
            #expect(boot.volume == VolumeID("\(disk.image)#1"))
            #expect(boot.path.isEmpty)
            #expect(boot.kernels.map(\.version) == ["6.1.0-1-amd64"])
            #expect(boot.images.first?.facts?.complete == true)
            #expect(boot.images.first?.facts?.hasInit == true)
            #expect(boot.grub?.config?.entries.count == 1)
            #expect(found.diskBoots.first?.record?.code == .empty)
            #expect(found.diskBoots.first?.area == DiskBoot.Area(start: 512, length: (1 << 20) - 512))
            #expect(found.rejected.isEmpty)
            #expect(disk.hash == hash)
            #expect(Traces(of: disk) == traces)
        }

        @Test func `without a disk is that of the other disk alone`() throws {
            let disk = try LoopDisk(Layout.plain)
            let other = try LoopDisk("truncate -s 8M $IMAGE; printf '2048,,83\\n' | sfdisk -q $IMAGE")
            let both = try survey(disk, other.image)
            #expect(both.storage.disks.count == 2)
            #expect(both.without(VolumeID(other.image)) == (try survey(disk)))
            #expect(both.without(VolumeID(disk.image)) == (try survey(other)))
            #expect(both.without(VolumeID(disk.image)).installations.isEmpty)
        }

        @Test(.enabled(if: !LoopGround.hasDeviceMapper, "this kernel can replay: the lab shows it"))
        func `of a dirty root says that its files are not certain, and changes no byte`() throws {
            let disk = try LoopDisk(Layout.dirty)
            let hash = disk.hash
            let installation = try #require(try survey(disk).installations.first)
            #expect(installation.readUnreplayed)
            #expect(installation.failures.first?.contains("its log is dirty and was not replayed") == true)
            #expect(disk.hash == hash)
        }

        @Test(arguments: ["fstab names it", "fstab names another"])
        func `finds what was cut short on a /var that is a filesystem of its own`(fstab: String) throws {
            let disk = try LoopDisk(
                Layout.root + """
                    truncate -s 64M $DIR/root.img; mkfs.ext4 -q $DIR/root.img; mount -o loop $DIR/root.img $MNT
                    root $MNT debian; echo '\(fstab == "fstab names it" ? "UUID=11111111-2222-3333-4444-555555555555" : "LABEL=other") /var ext4 defaults 0 2' >> $MNT/etc/fstab
                    umount $MNT; truncate -s 64M $DIR/var.img
                    mkfs.ext4 -q -U 11111111-2222-3333-4444-555555555555 $DIR/var.img; mount -o loop $DIR/var.img $MNT
                    mkdir -p $MNT/lib/bootmend/7 $MNT/log
                    echo '{"change":{"title":"Install GRUB on /dev/sda"}}' > $MNT/lib/bootmend/7/journal; umount $MNT
                    truncate -s 132M $IMAGE; printf '2048,131072,83\n133120,131072,83\n' | sfdisk -q $IMAGE
                    dd if=$DIR/root.img of=$IMAGE bs=1M seek=1 conv=notrunc; dd if=$DIR/var.img of=$IMAGE bs=1M seek=65 conv=notrunc
                    """)
            let installation = try #require(try survey(disk).installations.first)
            let wanted = CutShortRun(id: "7", title: "Install GRUB on /dev/sda")
            #expect(installation.cutShort == (fstab == "fstab names it" ? [wanted] : []))
        }

        @Test func `of a btrfs finds what was cut short on the subvolume that is its /var`() throws {
            let disk = try LoopDisk(
                Layout.root + """
                    truncate -s 160M $IMAGE; mkfs.btrfs -q -U 11111111-2222-3333-4444-555555555555 $IMAGE
                    mount -o loop $IMAGE $MNT; btrfs subvolume create $MNT/@; btrfs subvolume create $MNT/@/var
                    mkdir $MNT/.snapshots; btrfs subvolume snapshot $MNT/@ $MNT/root; root $MNT/root suse
                    echo 'UUID=11111111-2222-3333-4444-555555555555 /var btrfs subvol=/@/var 0 0' >> $MNT/root/etc/fstab
                    mkdir -p $MNT/@/var/lib/bootmend/2
                    echo '{"change":{"title":"Write /etc/fstab"}}' > $MNT/@/var/lib/bootmend/2/journal
                    btrfs subvolume set-default $MNT/root; umount $MNT
                    """)
            let installation = try #require(try survey(disk).installations.first)
            #expect(installation.isReadOnly == false)
            #expect(installation.cutShort == [CutShortRun(id: "2", title: "Write /etc/fstab")])
        }

        @Test func `of a btrfs says of a root that it is a snapshot which takes no writes`() throws {
            let disk = try LoopDisk(
                Layout.root + """
                    truncate -s 160M $IMAGE; mkfs.btrfs -q $IMAGE; mount -o loop $IMAGE $MNT
                    btrfs subvolume create $MNT/@; root $MNT/@ suse; btrfs property set -ts $MNT/@ ro true; umount $MNT
                    """)
            #expect(try survey(disk).installations.map(\.isReadOnly) == [true])
        }

        @Test func `of a whole disk without a partition table looks at the disk itself`() throws {
            let disk = try LoopDisk(
                Layout.root
                    + "truncate -s 64M $IMAGE; mkfs.ext4 -q $IMAGE; mount -o loop $IMAGE $MNT; root $MNT sles; boot $MNT/boot; umount $MNT"
            )
            let found = try survey(disk)
            #expect(found.installations.map(\.root) == [VolumeID(disk.image)])
            #expect(found.bootDirectories.map(\.path) == ["/boot"])
        }

        @Test func `of a btrfs finds roots in subvolumes and leaves snapshots out`() throws {
            let disk = try LoopDisk(
                Layout.root + """
                    truncate -s 160M $IMAGE; mkfs.btrfs -q $IMAGE; mount -o loop $IMAGE $MNT
                    btrfs subvolume create $MNT/@; root $MNT/@ suse; boot $MNT/@/boot
                    mkdir $MNT/.snapshots $MNT/snapshots; btrfs subvolume create $MNT/@home
                    btrfs subvolume snapshot $MNT/@ $MNT/snapshots/1; btrfs subvolume snapshot $MNT/@ $MNT/.snapshots/1
                    umount $MNT
                    """)
            let hash = disk.hash
            let found = try survey(disk)
            #expect(found.installations.map(\.subvolume) == ["@"])
            #expect(found.bootDirectories.map(\.subvolume) == ["@"])
            #expect(found.bootDirectories.map(\.path) == ["/boot"])
            #expect(found.bootDirectories.first?.images.first?.facts?.complete == true)
            #expect(disk.hash == hash)
        }

        @Test func `of a btrfs takes the default subvolume for a root wherever it lies`() throws {
            let disk = try LoopDisk(
                Layout.root + """
                    truncate -s 160M $IMAGE; mkfs.btrfs -q $IMAGE; mount -o loop $IMAGE $MNT
                    btrfs subvolume create $MNT/@; mkdir -p $MNT/@/.snapshots/1 $MNT/@/.snapshots/2
                    btrfs subvolume create $MNT/@/.snapshots/1/snapshot; root $MNT/@/.snapshots/1/snapshot suse
                    btrfs subvolume snapshot $MNT/@/.snapshots/1/snapshot $MNT/@/.snapshots/2/snapshot
                    btrfs subvolume set-default $MNT/@/.snapshots/1/snapshot; umount $MNT
                    """)
            #expect(try survey(disk).installations.map(\.subvolume) == ["@/.snapshots/1/snapshot"])
        }

        @Test func `of a btrfs over two disks is one root, and none where one of them is missing`() throws {
            let disk = try LoopDisk(
                Layout.root + """
                    truncate -s 160M $IMAGE $DIR/other.img; mkfs.btrfs -q -d raid1 -m raid1 $IMAGE $DIR/other.img
                    one=$(losetup -f --show $IMAGE); two=$(losetup -f --show $DIR/other.img)
                    mount -o device=$two $one $MNT; root $MNT debian; boot $MNT/boot; umount $MNT
                    losetup -d $one; losetup -d $two
                    """)
            let other = disk.directory + "/other.img"
            let (hash, traces) = (disk.hash, Traces(of: disk))
            let found = try survey(disk, other)
            #expect(found.installations.map(\.root) == [VolumeID(disk.image)])
            #expect(found.storage.disks(under: VolumeID(disk.image)).map(\.rawValue) == [disk.image, other])
            #expect(found.bootDirectories.count == 1)
            #expect((disk.hash, Traces(of: disk)) == (hash, traces))
            for (left, gone) in [(disk.image, other), (other, disk.image)] {
                let alone = try Surveyor.survey(SurveyRequest(.paths([left])))
                let rejected = found.without(VolumeID(gone))
                #expect(alone.installations.isEmpty && rejected.installations.isEmpty)
                #expect(alone.rejected.map(\.reason) == ["of the 2 devices of its btrfs only 1 can be seen"])
                #expect(rejected.rejected == alone.rejected)
            }
        }

        @Test func `of a btrfs reads GRUB's modules from the subvolume that is mounted over their place`()
            throws
        {
            let disk = try LoopDisk(
                Layout.root + """
                    truncate -s 160M $IMAGE; mkfs.btrfs -q $IMAGE; mount -o loop $IMAGE $MNT
                    btrfs subvolume create $MNT/@; root $MNT/@ suse; boot $MNT/@/boot; mkdir $MNT/@/boot/grub/i386-pc
                    btrfs subvolume create $MNT/modules; touch $MNT/modules/normal.mod
                    echo "UUID=$(blkid -o value -s UUID $IMAGE) /boot/grub/i386-pc btrfs subvol=/modules 0 0" >> $MNT/@/etc/fstab
                    umount $MNT
                    """)
            let boot = try #require(try survey(disk).bootDirectories.first)
            #expect(boot.grub?.hasModules == true)
            #expect(boot.grubPath(isRelative: false) == "/@/boot")
            #expect(boot.grubPath(isRelative: true) == "/boot")
        }

        @Test(arguments: [
            (": > $IMAGE", "it is empty"),
            (
                Layout.root
                    + "truncate -s 64M $IMAGE; mkfs.ext4 -q $IMAGE; mount -o loop $IMAGE $MNT; mkdir -p $MNT/usr/lib; echo ID=x > $MNT/usr/lib/os-release; umount $MNT",
                "no /etc"
            ),
            (
                "truncate -s 64M $IMAGE; mkfs.ext4 -q $IMAGE; debugfs -w -R 'feature FEATURE_I30' $IMAGE",
                "unsupported"
            ),
        ])
        func `names what it does not take for an installation, with the reason`(
            making: String, reason: String
        ) throws {
            let disk = try LoopDisk(making)
            let found = try survey(disk)
            #expect(found.installations.isEmpty)
            #expect(found.rejected.map(\.volume) == [VolumeID(disk.image)])
            #expect(found.rejected.first?.reason.contains(reason) == true, "\(found.rejected)")
        }

        @Test(arguments: [
            "truncate -s 64M $IMAGE", "truncate -s 64M $IMAGE; mkswap $IMAGE", "truncate -s 100 $IMAGE",
        ])
        func `of a disk with nothing to find says nothing, and does not fail`(making: String) throws {
            let found = try survey(try LoopDisk(making))
            #expect(found.installations.isEmpty)
            #expect(found.rejected.isEmpty)
            #expect(found.diskBoots.count == 1)
        }

        @Test func `of a disk that is not there fails`() {
            #expect(throws: SystemError.self) {
                _ = try Surveyor.survey(SurveyRequest(.paths(["/dev/no-such-disk"])))
            }
        }

        @Test func `with one UUID on two plain partitions offers both, since neither is the newer`() throws {
            let disk = try LoopDisk(
                Layout.root + """
                    truncate -s 64M $DIR/root.img; mkfs.ext4 -q $DIR/root.img; mount -o loop $DIR/root.img $MNT; root $MNT debian; umount $MNT
                    truncate -s 132M $IMAGE; printf '2048,131072,83\\n133120,131072,83\\n' | sfdisk -q $IMAGE
                    dd if=$DIR/root.img of=$IMAGE bs=1M seek=1 conv=notrunc; dd if=$DIR/root.img of=$IMAGE bs=1M seek=65 conv=notrunc
                    """)
            #expect(try survey(disk).installations.count == 2)
        }
    }

    /// Over the lab's own disks, where they are at hand.
    @Suite(
        .enabled(
            if: getenv("BOOTMEND_LAB_DISKS") != nil,
            "BOOTMEND_LAB_DISKS names no directory with a.img and b.img"))
    struct `a survey of the lab's disks` {
        let directory = getenv("BOOTMEND_LAB_DISKS").map { String(cString: $0) } ?? ""

        func survey(_ names: String...) throws(SystemError) -> Survey {
            try Surveyor.survey(SurveyRequest(.paths(names.map { "\(directory)/\($0).img" })))
        }

        @Test func `finds one Debian on the mirrored volume group, with /boot on the array`() throws {
            let hash = output(of: "sha256sum \(directory)/*.img")
            let found = try survey("a", "b")
            #expect(found.installations.map(\.root) == [VolumeID("lv:rhel/root")])
            #expect(found.installations.first?.release.id == "debian")
            #expect(found.bootDirectories.map(\.path) == [""])
            #expect(found.bootDirectories.first.flatMap { found.storage.volume($0.volume) }?.kind == .array)
            #expect(found.bootDirectories.first?.images.first?.facts?.complete == true)
            #expect(found.diskBoots.count == 2)
            #expect(output(of: "sha256sum \(directory)/*.img") == hash)
        }

        @Test func `less one disk is that of the other alone`() throws {
            let both = try survey("a", "b")
            #expect(both.without(VolumeID("\(directory)/b.img")) == (try survey("a")))
            #expect(both.without(VolumeID("\(directory)/a.img")) == (try survey("b")))
        }
    }
}
