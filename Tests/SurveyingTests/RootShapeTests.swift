import Machine
import TestFiles
import Testing

@testable import Surveying

@Suite struct `the shape of a root` {
    @Test(arguments: [
        ["etc/os-release": "ID=debian\n", "etc/fstab": ""],
        ["etc/os-release": "ID=rhel\n", "usr/lib/modules/5.14.0/modules.dep": ""],
        ["usr/lib/os-release": "ID=arch\n", "etc/": "", "lib/modules/6.9/modules.dep": ""],
        ["etc/redhat-release": "Red Hat Enterprise Linux Server release 6.10\n", "etc/fstab": ""],
    ])
    func `is known without a correct fstab`(files: [String: String]) throws {
        let tree = try TemporaryDirectory(files)
        #expect(RootShape(try tree.root()) == .root)
    }

    @Test func `holds where /usr is a filesystem of its own`() throws {
        let tree = try TemporaryDirectory(
            ["etc/fstab": ""], links: ["etc/os-release": "../usr/lib/os-release"])
        #expect(RootShape(try tree.root()) == .root)
    }

    @Test(arguments: [
        (["usr/lib/os-release": "ID=debian\n"], "no /etc"),
        (["lib/os-release": "", "usr/lib/os-release": ""], "no /etc"),
        (["etc/os-release": "ID=alpine\n"], "a container's tree"),
        (["etc/fstab": ""], "no os-release"),
        (["ostree/deploy/rhcos/": "", "boot/": ""], "ostree"),
        (["LiveOS/squashfs.img": ""], "live medium"),
        (["usr/bin/": ""], "without its /etc"),
    ])
    func `is not taken from parts of one, with the reason`(files: [String: String], reason: String) throws {
        let tree = try TemporaryDirectory(files)
        guard case .implausible(let why) = RootShape(try tree.root()) else {
            Issue.record("taken for \(RootShape(try tree.root()))")
            return
        }
        #expect(why.contains(reason))
    }

    @Test(arguments: [["photos/1.jpg": ""], ["vmlinuz-6.1": "", "grub/grub.cfg": ""], ["lost+found/": ""]])
    func `is not looked for in somebody's data`(files: [String: String]) throws {
        let tree = try TemporaryDirectory(files)
        #expect(RootShape(try tree.root()) == .other)
    }

    @Test func `of links that lead out of the tree is none`() throws {
        // /etc of the machine that runs the test is a directory with an os-release: it must not be seen.
        let tree = try TemporaryDirectory([:], links: ["etc": "/etc", "usr": "../../../../../../usr"])
        #expect(RootShape(try tree.root()) == .other)
    }
}
