import Glibc
import Machine
import Report
import Storage
import Surveying

/// Takes the survey that a verb works from.
struct Looking {
    let console: Console
    /// Devices and images; empty for every disk of this machine.
    var disks: [String] = []
    var includeRunning = false
    /// `--root`.
    var root: String?
    var passphraseFile: String?
    /// What is locked may be asked for; else it stays locked.
    var mayAsk = true

    /// Names the first thing that was asked for and is not there, before any work.
    func checkDisks() throws(Refusal) {
        var known: [NamedFile.Identity: String] = [:]
        for disk in disks {
            try Refusal.unlessThere(disk, hint: "'bootmend scan' lists what is here")
            guard let identity = NamedFile.identity(disk) else {
                throw .usage("'\(disk)' is neither a block device nor an image file")
            }
            guard let other = known.updateValue(disk, forKey: identity) else { continue }
            throw .usage(
                other == disk
                    ? "'\(disk)' is named twice" : "'\(other)' and '\(disk)' are one and the same disk")
        }
        if let passphraseFile { try Refusal.unlessThere(passphraseFile) }
    }

    func survey(_ progress: Progress) throws -> Survey {
        let request = SurveyRequest(
            disks.isEmpty ? .system : .paths(disks), includeRunning: includeRunning, root: root,
            passphrase: try passphrase(progress),
            progress: { progress.begin($0) })
        do {
            let survey = try Surveyor.survey(request)
            progress.end(.ok)
            return survey
        } catch {
            progress.end(.unknown)
            throw error
        }
    }

    private func passphrase(_ progress: Progress) throws -> @Sendable (String) -> [UInt8]? {
        guard mayAsk else { return { _ in nil } }
        return try Self.passphrase(console, from: passphraseFile) { progress.end(.note) }
    }

    /// From the file where one was given, else asked on the terminal.
    static func passphrase(
        _ console: Console, from file: String?, before asking: @escaping @Sendable () -> Void
    ) throws -> @Sendable (String) -> [UInt8]? {
        if let file {
            try Refusal.unlessThere(file)
            var bytes = try NamedFile.read(file, limit: 8 << 20)
            // As cryptsetup reads a passphrase from standard input: without the newline at its end.
            if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
            let passphrase = bytes
            return { _ in passphrase }
        }
        let terminal = console.terminal
        let charset = console.sideStyle.charset
        return { container in
            asking()
            let answer = terminal.ask("Passphrase for \(container.legible(in: charset)): ", secret: true)
            return answer.flatMap { $0.isEmpty ? nil : Array($0.utf8) }
        }
    }
}

extension Survey {
    /// Why a look at these disks is not the whole one that was asked for.
    ///
    /// Of the disks of a machine, one that nobody named may be dead without harm.
    func shortcoming(on disks: [String]) -> Refusal? {
        if installations.isEmpty { return nothingFound(on: disks) }
        guard !disks.isEmpty else { return nil }
        let places = storage.disks.flatMap { [$0.id] + ($0.table?.partitions.map(\.id) ?? []) }
        let volumes = places.compactMap { storage.volume($0) }
        let troubles =
            volumes.compactMap { volume in volume.failure.map { (volume.name, $0) } }
            + storage.disks.compactMap { disk in disk.readError.map { (disk.id.rawValue, $0) } }
        return troubles.first.map { Refusal("'\($0)' could not be read whole: \($1)") }
    }

    /// Why there is nothing to judge, in one line; `file` is where a saved survey was read from.
    func nothingFound(on disks: [String], in file: String? = nil) -> Refusal {
        let named = "on " + disks.map { "'\($0)'" }.joined(separator: ", ")
        let place =
            file.map { "in the survey '\($0)'" } ?? (disks.isEmpty ? "on this machine's disks" : named)
        let failure = storage.disks.lazy.compactMap(\.failure).first
        let candidate = rejected.first.map { "\($0.name): \($0.reason)" }
        let isEmpty = storage.volumes.allSatisfy { $0.signature == nil }
        let empty = isEmpty ? "nothing on \(file == nil ? "it" : "its disks") is known" : nil
        let reason = [failure, candidate, empty].compactMap(\.self).first
        let source = file == nil ? "'bootmend scan'" : "'rejected' in it"
        return Refusal(
            "no installed system was found \(place)" + (reason.map { ": \($0)" } ?? ""),
            hint: rejected.count > 1 ? source + " names every candidate and why it was not taken" : nil)
    }
}
