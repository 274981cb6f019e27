/// One Boot Loader Specification entry, `loader/entries/*.conf`.
package struct BLSEntry: Codable, Sendable, Hashable {
    /// File name without directory.
    package var file: String
    package var title: String?
    package var version: String?
    package var machineID: String?
    package var kernel: GrubConfig.Reference?
    package var initrds: [GrubConfig.Reference]
    package var options: GrubConfig.Reference?
    /// The file as it is; nil in surveys that were saved before it was kept.
    package var text: String?

    package init(
        file: String, title: String? = nil, version: String? = nil, machineID: String? = nil,
        kernel: GrubConfig.Reference? = nil, initrds: [GrubConfig.Reference] = [],
        options: GrubConfig.Reference? = nil, text: String? = nil
    ) {
        self.file = file
        self.title = title
        self.version = version
        self.machineID = machineID
        self.kernel = kernel
        self.initrds = initrds
        self.options = options
        self.text = text
    }
}
