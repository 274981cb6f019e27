import BootFiles
import Machine
import Surveying
import TestFiles
import Testing

@Suite struct `What the firmware starts` {
    static let attributes: [UInt8] = [7, 0, 0, 0]
    // "A", a device path that is its end at once.
    static let option: [UInt8] = [1, 0, 0, 0, 4, 0, 0x41, 0, 0, 0, 0x7f, 0xff, 4, 0]

    static func machine(_ variables: [String: [UInt8]]) throws -> BootManager? {
        let directory = try TemporaryDirectory()
        for (name, value) in variables {
            try directory.write(
                attributes + value,
                to: "sys/firmware/efi/efivars/\(name)-8be4df61-93ca-11d2-aa0d-00e098032b8c")
        }
        return BootManager.read(try RootDirectory(directory.path))
    }

    @Test func `is read from the kernel's files of its variables`() throws {
        let manager = try Self.machine([
            "BootOrder": [3, 0, 1, 0, 9, 0], "BootNext": [1, 0], "SecureBoot": [1], "Boot0001": Self.option,
            "Boot0003": Self.option, "BootCurrent": [3, 0], "Boot000a": Self.option, "BootOptionSupport": [1],
        ])
        #expect(
            manager
                == BootManager(
                    order: [3, 1, 9], next: 1,
                    options: [BootOption(number: 1, title: "A"), BootOption(number: 3, title: "A")],
                    isSecure: true))
        #expect(manager?.tried.map(\.number) == [1, 3, 1])
    }

    @Test func `leaves out what is switched off, and what is damaged`() throws {
        let manager = try Self.machine([
            "BootOrder": [1, 0, 2, 0, 7], "Boot0001": [0] + Self.option.dropFirst(), "Boot0002": [1, 0],
        ])
        #expect(manager?.tried.isEmpty == true)
        #expect(manager?.options.map(\.number) == [1])
        #expect(manager?.isSecure == nil)
    }

    @Test func `is not known where the kernel shows nothing of it`() throws {
        #expect(try Self.machine([:]) == nil)
        #expect(try Self.machine(["Boot0001": Self.option]) == nil)
    }
}
