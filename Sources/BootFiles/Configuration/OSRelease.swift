/// os-release(5): which distribution a root holds.
package struct OSRelease: Codable, Sendable, Hashable {
    package var id: String
    package var idLike: [String]
    package var versionID: String?
    package var prettyName: String?

    package init(id: String, idLike: [String] = [], versionID: String? = nil, prettyName: String? = nil) {
        self.id = id
        self.idLike = idLike
        self.versionID = versionID
        self.prettyName = prettyName
    }
}
