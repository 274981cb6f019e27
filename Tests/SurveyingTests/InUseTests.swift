import Testing

@testable import Surveying

@Suite struct `What this system uses` {
    @Test func `is swap that /proc names, and no files`() {
        let text = """
            Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority
            /dev/dm-1                               partition\t131068\t\t0\t\t-2
            /swapfile                               file\t\t131068\t\t0\t\t-3

            """
        #expect(InUse.areas(text) == ["/dev/dm-1"])
        #expect(InUse.areas("") == [])
    }
}
