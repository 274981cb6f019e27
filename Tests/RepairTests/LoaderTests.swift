import Changes
import Machine
import Repair
import Testing

@Suite(.enabled(InstalledSystem.reason) { InstalledSystem.canRun })
struct `Loaders on an ESP` {
    let system: InstalledSystem
    static let one = Change.EFIPartition(name: "/dev/sda1", uuid: "aaaaaaaa-0000-4000-8000-000000000001")
    static let other = Change.EFIPartition(name: "/dev/sdb1", uuid: "bbbbbbbb-0000-4000-8000-000000000001")
    static let files = ["EFI/debian/shimx64.efi", "EFI/debian/grubx64.efi", "EFI/BOOT/BOOTX64.EFI"]

    init() throws {
        system = try InstalledSystem()
        try system.write("theirs\n", to: Self.one.path + "/EFI/Microsoft/Boot/bootmgfw.efi")
        try system.write("old shim\n", to: Self.one.path + "/EFI/debian/shimx64.efi")
        try system.write("module\n", to: "/boot/grub/x86_64-efi/normal.mod")
        try system.shell(Self.program(at: system.root + "/program"))
    }

    /// The least that firmware takes for a program (UEFI specification, 2.1.1: PE32+).
    static func program(at path: String) -> String {
        "{ printf MZ; head -c 58 /dev/zero; printf '\\100\\0\\0\\0PE\\0\\0'; head -c 40 /dev/zero; } >'\(path)'"
    }

    private func install(_ source: Change.LoaderSource, on esp: Change.EFIPartition = one) -> Outcome {
        system.apply([.installLoaders(on: esp, files: Self.files, from: source)])
    }

    private func tool(_ script: String) throws -> Change.LoaderSource {
        try system.tool(.grubInstall, script)
        return .tool(Command(.grubInstall, "--target=x86_64-efi"))
    }

    @Test func `come from a tool, and it is taken back file by file`() throws {
        let before = try system.snapshot()
        let source = try tool(
            """
            cd \(Self.one.path); mkdir -p EFI/BOOT; cp /program EFI/debian/shimx64.efi; cp /program EFI/debian/grubx64.efi
            cp /program EFI/BOOT/BOOTX64.EFI; echo newer > /boot/grub/x86_64-efi/normal.mod
            """)
        let withTool = try system.snapshot()
        #expect(install(source).id == "1")
        #expect(try system.text(Self.one.path + "/EFI/debian/shimx64.efi") == system.text("/program"))
        #expect(try system.text(Self.one.path + "/EFI/Microsoft/Boot/bootmgfw.efi") == "theirs\n")
        #expect(try system.undo().isComplete)
        #expect(try system.snapshot() == withTool)
        #expect(before != withTool)
    }

    @Test func `are copied from another ESP, to the fallback path as well`() throws {
        let before = try system.snapshot()
        for name in ["shimx64.efi", "grubx64.efi"] {
            try system.write("good \(name)\n", to: "\(Self.other.path)/EFI/debian/\(name)")
        }
        let good = try system.snapshot()
        let copies = [
            Change.LoaderCopy(from: Self.files[0], to: Self.files[0]),
            Change.LoaderCopy(from: Self.files[1], to: Self.files[1]),
            Change.LoaderCopy(from: Self.files[0], to: Self.files[2]),
            Change.LoaderCopy(from: "EFI/debian/BOOTX64.CSV", to: "EFI/debian/BOOTX64.CSV"),
        ]
        #expect(install(.copy(of: Self.other, as: copies)).id == "1")
        #expect(try system.text(Self.one.path + "/EFI/debian/shimx64.efi") == "good shimx64.efi\n")
        #expect(try system.text(Self.one.path + "/EFI/BOOT/BOOTX64.EFI") == "good shimx64.efi\n")
        #expect(!system.exists(Self.one.path + "/EFI/debian/BOOTX64.CSV"))
        #expect(try system.undo().isComplete)
        #expect(try system.snapshot() == good)
        #expect(before != good)
    }

    @Test func `that a tool did not write, or did not get to the end with, leave everything as it was`()
        throws
    {
        for script in ["exit 0", "rm -f \(Self.other.path)/x; exit 1"] {
            let source = try tool(script)
            let before = try system.snapshot()
            try system.shell("mkdir -p '\(system.root)\(Self.other.path)'")
            let outcome = install(source, on: Self.other)
            #expect(outcome.failure?.message.hasPrefix("'grub-install --target=x86_64-efi' ") == true)
            try system.shell("rmdir '\(system.root)\(Self.other.path)'")
            #expect(try system.snapshot() == before)
        }
    }

    static let spoilt = [
        ("echo shim >EFI/debian/shimx64.efi", "is no program"),
        ("rm EFI/debian/shimx64.efi; mkdir EFI/BOOT; cp /program EFI/BOOT/BOOTX64.EFI", "is gone"),
    ]

    @Test(arguments: spoilt)
    func `that a tool has spoilt are no success`(script: String, says: String) throws {
        let source = try tool("cd \(Self.one.path); \(script)")
        let before = try system.snapshot()
        #expect(install(source).failure?.message.contains(says) == true)
        #expect(try system.snapshot() == before)
    }

    private static let vendor = "8be4df61-93ca-11d2-aa0d-00e098032b8c"
    private static let order = "/sys/firmware/efi/efivars/BootOrder-" + vendor
    private static let option = "/sys/firmware/efi/efivars/Boot0005-" + vendor

    // A plain file keeps what lies behind a shorter write, so all of these are of one length.
    private func makeOption() throws -> Outcome {
        try system.write("order 1,0\n", to: Self.order)
        try system.tool(
            .efibootmgr,
            "case $1 in c) echo option > \(Self.option) ;; o) echo order 1,5 > \(Self.order) ;; esac")
        return system.apply([
            .run(command: Command(.efibootmgr, "c"), touching: [Self.option]),
            .run(command: Command(.efibootmgr, "o"), touching: [Self.order]),
        ])
    }

    @Test func `have boot options, which are taken back with them`() throws {
        #expect(try makeOption().id == "1")
        #expect(try system.text(Self.option) == "option\n")
        // The kernel makes their times up at each start.
        try system.shell("touch -d 2020-02-02 '\(system.root)\(Self.order)' '\(system.root)\(Self.option)'")
        #expect(try system.undo().isComplete)
        #expect(try system.text(Self.order) == "order 1,0\n")
        #expect(!system.exists(Self.option))
    }

    @Test func `have boot options that somebody has changed since, or that are not seen`() throws {
        #expect(try makeOption().id == "1")
        try system.write("order 2,7\n", to: Self.order)
        #expect(try system.undo().items.map(\.result) == [.changedSince, .restored])
        #expect(try system.text(Self.order) == "order 2,7\n")
        #expect(try system.undo(evenIfChanged: true).isComplete)
        #expect(try system.text(Self.order) == "order 1,0\n")
        #expect(try makeOption().id == "2")
        try system.shell("rm '\(system.root)'/sys/firmware/efi/efivars/*")
        let report = try system.undo()
        #expect(report.items.count == 2)
        #expect(report.failures.allSatisfy { $0.contains("the firmware's variables are not seen from here") })
        #expect(report.failures.count == 2)
    }

    @Test func `are not put back into a directory where their ESP is not mounted`() throws {
        #expect(install(try tool("cp /program \(Self.one.path)/EFI/debian/shimx64.efi")).id == "1")
        let esp = system.root + Self.one.path
        try system.shell("mv '\(esp)' '\(esp)-away'")
        let report = try system.undo()
        #expect(report.items.count(where: { Self.files.contains(where: $0.subject.hasSuffix) }) == 3)
        #expect(report.failures.count == report.items.count { $0.subject.hasPrefix(Self.one.path) })
        #expect(report.failures.allSatisfy { $0.hasSuffix("the EFI system partition is not mounted here") })
        #expect(!system.exists(Self.one.path))
        try system.shell("mv '\(esp)-away' '\(esp)'")
        #expect(try system.undo().isComplete)
        #expect(try system.text(Self.one.path + "/EFI/debian/shimx64.efi") == "old shim\n")
    }

    @Test func `need an ESP that could be mounted`() throws {
        let failure = try #require(install(try tool("true"), on: Self.other).failure)
        #expect(failure.message == "cannot mount '/dev/sdb1': the rescue system cannot write to it")
        #expect(failure.hint?.contains("vfat") == true)
    }
}
