extension OSRelease {
    /// Where it is read from, the first that is there (os-release(5)).
    package static let paths = ["/etc/os-release", "/usr/lib/os-release"]

    /// Reads os-release; without an ID it is "linux", as os-release(5) says.
    package init(parsing text: String) {
        let values = ShellAssignments(parsing: text)
        self.init(
            id: values["ID"].flatMap { $0.isEmpty ? nil : $0 } ?? "linux",
            idLike: (values["ID_LIKE"] ?? "").split(separator: " ").map(String.init),
            versionID: values["VERSION_ID"], prettyName: values["PRETTY_NAME"])
    }

    /// The number before the first dot of VERSION_ID: 7 of "7.9", 12 of "12".
    package var majorVersion: Int? {
        versionID.flatMap { Int($0.prefix { $0 != "." }) }
    }
}
