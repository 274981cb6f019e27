import Changes
import Storage
import Surveying
import Testing

@testable import Diagnosing

/// Modules in /boot are everybody's: what one disk is given must not cost another its way.
@Suite struct `Boot code of several disks` {
    private static let core = "34000:0badc0de"

    /// Both disks lead to /boot by the core image that lies there.
    private func mirror() throws -> Mirror {
        var mirror = try Mirror()
        mirror.installation.present.append("/usr/sbin/grub-bios-setup")
        mirror.survey.bootDirectories[0].grub?.coreFingerprint = Self.core
        for index in 0..<2 { mirror.survey.diskBoots[index].core?.fingerprint = Self.core }
        return mirror
    }

    private func commands(_ mirror: Mirror, again: Bool = false) -> [String] {
        mirror.plan(PlanOptions(again: again ? [.grubInstall] : [])).remedies.flatMap(\.changes)
            .filter { $0.kind == "install-boot-loader" }.compactMap(\.command?.description)
    }

    private static let setup = "grub-bios-setup --directory=/boot/grub/i386-pc "
    private static let install = "grub-install --target=i386-pc "

    @Test func `is installed on the first, and on the second what that left in /boot`() throws {
        var mirror = try mirror()
        for index in 0..<2 { mirror.eraseBootCode(of: index) }
        #expect(commands(mirror) == [Self.install + "a.img", Self.setup + "b.img"])
    }

    @Test func `that one of them lost is taken from /boot, where the other's is whole`() throws {
        var mirror = try mirror()
        mirror.eraseBootCode(of: 1)
        #expect(commands(mirror) == [Self.setup + "b.img"])
    }

    @Test func `that is installed anew takes along the disk that boots with older modules`() throws {
        var mirror = try mirror()
        mirror.eraseBootCode(of: 1)
        mirror.survey.diskBoots[0].core?.fingerprint = "34000:01d01d01"
        #expect(commands(mirror) == [Self.install + "b.img", Self.setup + "a.img"])
        mirror.survey.diskBoots[0].core?.fingerprint = nil
        mirror.survey.bootDirectories[0].grub?.coreFingerprint = nil
        #expect(commands(mirror) == [Self.install + "b.img", Self.setup + "a.img"])
    }

    @Test func `that is done is redone without a moment in which neither boots`() throws {
        #expect(commands(try mirror(), again: true) == [Self.setup + "a.img", Self.setup + "b.img"])
    }

    @Test func `is installed on each where the core image looks for its own disk, or the tool is not there`()
        throws
    {
        var mirror = try mirror()
        mirror.installation.present.removeLast()
        for index in 0..<2 { mirror.eraseBootCode(of: index) }
        #expect(commands(mirror) == [Self.install + "a.img", Self.install + "b.img"])
        var plain = try self.mirror()
        try plain.makeBootPlain()
        plain.eraseBootCode(of: 0)
        #expect(commands(plain) == [Self.install + "a.img"])
    }
}
