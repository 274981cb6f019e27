import Changes
import Glibc
import Machine

/// Where the installed system enforces SELinux, a file without its label is one that its programs may not touch. Labels are
/// kept; where the rescue system's kernel does not let anybody set them, or has set its own, they are put right here.
extension Application {
    func relabel() throws {
        let root = try RootDirectory(target.root)
        guard Self.enforces(root) else { return }
        let lost = Self.lostLabels(journal, root)
        guard !lost.isEmpty else { return }
        let files = lost.count == 1 ? lost[0] : "\(lost.count) files"
        if let command = Self.setfiles(lost, root) {
            let title = "Give \(files) the SELinux label of the system's own policy"
            // Where it cannot, the next start does.
            if (try? append(.run(command: command, touching: []), title)) != nil { return }
        }
        guard !root.exists(Self.request) else { return }
        // A label that is missing takes nothing back of what makes the machine boot.
        _ = try? append(
            .writeFile(path: Self.request, text: "", was: nil, mode: 0o644),
            "Have the next start label all files anew, since \(files) could not be")
    }

    /// selinux-autorelabel(8): at the start with this file everything is labelled, and the machine starts once more.
    private static let request = "/.autorelabel"

    private static func enforces(_ root: RootDirectory) -> Bool { setting("SELINUX", root) == "enforcing" }

    private static func setting(_ name: String, _ root: RootDirectory) -> String? {
        let text = (try? root.text("/etc/selinux/config", limit: 1 << 16)) ?? nil
        let line = text?.split(whereSeparator: \.isNewline).last { $0.hasPrefix(name + "=") }
        return line.map { $0.dropFirst(name.count + 1).filter { !$0.isWhitespace }.lowercased() }
    }

    private static func setfiles(_ paths: [String], _ root: RootDirectory) -> Command? {
        guard let type = setting("SELINUXTYPE", root) else { return nil }
        let contexts = "/etc/selinux/\(type)/contexts/files/file_contexts"
        guard root.exists(contexts), Tool.directories.contains(where: { root.exists($0 + "/setfiles") })
        else {
            return nil
        }
        return Command(.setfiles, arguments: ["-F", contexts] + paths)
    }

    // The number goes on from the plan's own.
    private func append(_ change: Change, _ title: String) throws {
        let number = (journal.begun.last ?? 0) + 1
        progress(.started(number: number, of: number, title: title, change: change))
        let start = Clock.milliseconds()
        do { try perform(change, number, title) } catch {
            progress(.failed(number: number, failure: RepairFailure(error)))
            throw error
        }
        progress(.done(number: number, seconds: Int((Clock.milliseconds() - start) / 1000)))
    }

    /// What was put back may lack its label for the same reason. The next start is asked to label everything, which is not
    /// written down: there is no way back to a state that nobody wants. True where it had to be.
    static func askForLabels(_ journal: Journal, in root: RootDirectory) -> Bool {
        guard enforces(root), !lostLabels(journal, root).isEmpty else { return false }
        if !root.exists(request), let place = try? Place.existing(request, in: root) {
            _ = try? place.create(place.name, mode: 0o644)
            try? place.synchronize()
        }
        return true
    }

    /// What a person is told of it.
    static let labelNote =
        "SELinux labels could not be put back: the next start labels all files anew, and starts once more"

    /// What was touched and has not the label that it had; or none, where its directory has one.
    private static func lostLabels(_ journal: Journal, _ root: RootDirectory) -> [String] {
        var lost: [String] = []
        for case .was(_, let item) in journal.records {
            let places = (try? item.places(in: root)) ?? []
            lost += places.filter { isLost($0.path, $0.before, root) }.map(\.path)
        }
        return lost.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    // What cannot be looked at has not lost anything that is known of.
    private static func isLost(_ path: String, _ before: Attributes?, _ root: RootDirectory) -> Bool {
        guard (try? root.link(path)) == .some(nil), let place = try? Place.find(path, in: root),
            let file = try? root.resolve(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK),
            let found = try? Attributes.extended(of: file.number, place.shown)
        else { return false }
        let now = found[Attributes.label]
        if let before = before?.extended {
            return before[Attributes.label] != nil && now != before[Attributes.label]
        }
        let above = try? Attributes.extended(of: place.directory.number, place.shown)
        return now == nil && above?[Attributes.label] != nil
    }
}
