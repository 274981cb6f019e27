import LibMount
import Testing

@Suite struct `tables of the kernel` {
    @Test func `a line of mountinfo holds device, root, place and options`() throws {
        let text = """
            36 35 98:0 /mnt1 /mnt\\040two rw,noatime master:1 - ext3 /dev/vg/root rw,errors=continue
            37 36 0:42 /@ /srv ro,relatime shared:9 - btrfs /dev/sdb1 rw,subvol=/@
            """
        let mounts = LiveMount.parse(mountinfo: text)
        let first = try #require(mounts.first)
        #expect((first.id, first.parent, first.major, first.minor) == (36, 35, 98, 0))
        #expect(
            (first.root, first.target, first.type, first.source) == (
                "/mnt1", "/mnt two", "ext3", "/dev/vg/root"
            ))
        #expect(first.options.contains("noatime") && first.options.contains("errors"))
        #expect(!first.isReadOnly)
        #expect(mounts.map(\.isReadOnly) == [false, true])
    }

    @Test func `the running system has its root mounted`() throws {
        #expect(try LiveMount.all().contains { $0.target == "/" })
    }

    @Test func `swap areas in use are named without the header`() {
        let text = """
            Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority
            /dev/dm-1                               partition\t2097148\t\t0\t\t-2
            /swap\\040file                           file\t\t1048572\t\t0\t\t-3
            """
        #expect(
            SwapArea.parse(swaps: text) == [
                SwapArea(path: "/dev/dm-1", type: "partition", priority: -2),
                SwapArea(path: "/swap file", type: "file", priority: -3),
            ])
    }
}
