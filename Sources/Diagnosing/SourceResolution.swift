import Storage

extension StorageMap {
    /// Names an array by number or by name: `/dev/md0`, `/dev/md/boot`, `/dev/md_d0`.
    static func isArrayName(_ source: String) -> Bool {
        source.hasPrefix("/dev/md") && source != "/dev/md"
    }
}
