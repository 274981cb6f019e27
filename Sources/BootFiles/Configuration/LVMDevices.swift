/// LVM's devices file (lvmdevices(8)): where it is used, no other device exists for LVM.
package struct LVMDevices: Sendable, Hashable {
    package struct Entry: Sendable, Hashable {
        /// Counted from 1.
        package var line: Int
        /// `sys_wwid`, `sys_serial`, `md_uuid`, `devname`, …
        package var idType: String
        package var idName: String
        package var deviceName: String?
        /// The PV UUID without its dashes.
        package var pvid: String?
    }

    package var entries: [Entry]

    /// Lines of `KEY=VALUE` words; `#` begins a comment, and lines without IDTYPE are the file's own (SYSTEMID=,
    /// VERSION=, PRODUCT_UUID=).
    package init(parsing text: String) {
        entries = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap {
            index, line in
            var words: [String: String] = [:]
            for word in line.split(separator: " ") where line.first != "#" {
                let pair = word.split(separator: "=", maxSplits: 1).map(String.init)
                // "." stands for a value that is not known.
                if pair.count == 2, pair[1] != "." { words[pair[0]] = pair[1] }
            }
            guard let type = words["IDTYPE"] else { return nil }
            return Entry(
                line: index + 1, idType: type, idName: words["IDNAME"] ?? "", deviceName: words["DEVNAME"],
                pvid: words["PVID"])
        }
    }
}
