import BootFiles
import Storage
import Testing

@testable import Surveying

/// Two disks with a root on a mirror, and a second system on a partition.
private func survey(_ installations: [Installation]) -> Survey {
    func volume(_ id: String, _ kind: Volume.Kind, _ name: String, _ uuid: String) -> Volume {
        Volume(
            id: VolumeID(id), kind: kind, name: name, size: 1 << 30,
            copies: [Copy(pieces: [Piece(disk: VolumeID("/dev/sda"), offset: 0, length: 1 << 30)])],
            signature: Signature(type: "ext4", usage: "filesystem", uuid: uuid))
    }
    return Survey(
        medium: Medium(kernel: "6.1", firmware: .bios, hasMD: true, hasDeviceMapper: true, tools: []),
        storage: StorageMap(
            disks: [Disk(id: VolumeID("/dev/sda"), size: 1 << 40, sectorSize: 512)],
            volumes: [
                volume(
                    "lv:rhel/root", .logicalVolume, "/dev/rhel/root", "40075eed-0000-4000-8000-000000004007"),
                volume("/dev/sda3", .partition, "/dev/sda3", "11111111-2222-4333-8444-555555555555"),
            ]),
        installations: installations)
}

@Suite struct `choosing an installation` {
    let mirrored = Installation(
        root: VolumeID("lv:rhel/root"), release: OSRelease(id: "rhel"),
        machineID: String(repeating: "ab", count: 16))
    let other = Installation(
        root: VolumeID("/dev/sda3"), release: OSRelease(id: "debian"),
        machineID: String(repeating: "cd", count: 16),
        runsHere: true)

    @Test(arguments: [
        "/dev/rhel/root", "/dev/mapper/rhel-root", "lv:rhel/root",
        "UUID=40075eed-0000-4000-8000-000000004007",
        "UUID=\"40075EED-0000-4000-8000-000000004007\"", "abababababababababababababababab",
        "ABABABABABABABABABABABABABABABAB",
    ])
    func `a device, a UUID or a machine-id means one`(spec: String) {
        #expect(survey([mirrored, other]).choose(spec) == .one(mirrored))
    }

    @Test func `a slash means the running system`() {
        #expect(survey([mirrored, other]).choose("/") == .one(other))
        #expect(survey([mirrored]).choose("/") == .noMatch("/"))
    }

    @Test func `without a word the only one is it, and several are never guessed between`() {
        #expect(survey([mirrored]).choose() == .one(mirrored))
        #expect(survey([mirrored, other]).choose() == .several([mirrored, other]))
        #expect(survey([]).choose() == .noInstallation)
    }

    @Test(arguments: ["/dev/sdz", "UUID=00000000", "/dev/sda", "", "0123456789abcdef0123456789abcdef"])
    func `what means none is said to`(spec: String) {
        #expect(survey([mirrored, other]).choose(spec) == .noMatch(spec))
    }

    @Test func `subvolumes of one filesystem share its UUID`() {
        var snapshot = mirrored
        snapshot.subvolume = "@"
        #expect(
            survey([mirrored, snapshot]).choose("UUID=40075eed-0000-4000-8000-000000004007")
                == .several([mirrored, snapshot]))
    }

    @Test func `a locked container is asked for where it is named, or where nothing that lies open is meant`()
    {
        let uuid = "0c0c0c0c-0000-4000-8000-00000000000c"
        let disk = VolumeID("/dev/sda")
        var survey = survey([mirrored])
        survey.storage.volumes += [
            Volume(
                id: VolumeID("/dev/sda4"), kind: .partition, name: "/dev/sda4", size: 1 << 30,
                copies: [Copy(pieces: [Piece(disk: disk, offset: 1 << 30, length: 1 << 30)])],
                signature: Signature(type: "crypto_LUKS", usage: "crypto", uuid: uuid)),
            Volume(
                id: VolumeID("luks:\(uuid)"), kind: .container, name: "luks-\(uuid)", size: 1 << 30,
                unmapped: "locked (LUKS2)"),
        ]
        let names = { (spec: String?) in survey.lockedContainers(for: spec).map(\.name) }
        #expect(names(nil) == [])
        #expect(names("/dev/rhel/root") == [])
        #expect(names("/dev/sda4") == ["/dev/sda4"])
        #expect(names("UUID=\(uuid)") == ["/dev/sda4"])
        #expect(names("0123456789abcdef0123456789abcdef") == ["/dev/sda4"])
        #expect(survey.lockedContainers(unknownTo: mirrored).map(\.name) == ["/dev/sda4"])
        var opening = mirrored
        opening.crypttab = Installation.TextFile(path: "/etc/crypttab", text: "data UUID=\(uuid) none luks\n")
        #expect(survey.lockedContainers(unknownTo: opening) == [])

        // Opened, it means the system in it.
        survey.storage.volumes[3].unmapped = nil
        survey.storage.volumes.append(
            Volume(
                id: VolumeID("lv:safe/root"), kind: .logicalVolume, name: "/dev/safe/root", size: 1 << 20,
                copies: [Copy(pieces: [Piece(disk: VolumeID("luks:\(uuid)"), offset: 0, length: 1 << 20)])]))
        let inside = Installation(root: VolumeID("lv:safe/root"), release: OSRelease(id: "debian"))
        survey.installations.append(inside)
        #expect(survey.choose("/dev/sda4") == .one(inside))
        #expect(survey.choose("UUID=\(uuid)") == .one(inside))
        #expect(survey.lockedContainers == [])
    }

    @Test func `an installation is named so that the name means it again`() {
        let both = survey([mirrored, other])
        for installation in [mirrored, other] {
            #expect(both.choose(both.specification(of: installation)) == .one(installation))
        }
    }
}
