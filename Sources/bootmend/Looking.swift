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

    /// Names the first thing that was asked for and is not there, before any work.
    func checkDisks() throws(Refusal) {
        for disk in disks {
            do {
                switch try NamedFile.kind(disk) {
                case .file, .device: continue
                case .other: throw Refusal.usage("'\(disk)' is neither a block device nor an image file")
                case nil:
                    throw Refusal.usage(
                        "cannot open '\(disk)': No such file or directory",
                        hint: "'bootmend scan' lists what is here")
                }
            } catch let error as SystemError {
                throw Refusal(error, status: ExitStatus.usage)
            } catch let refusal as Refusal {
                throw refusal
            } catch {}
        }
    }

    func survey(_ progress: Progress) throws -> Survey {
        let request = SurveyRequest(
            disks.isEmpty ? .system : .paths(disks), includeRunning: includeRunning, root: root,
            passphrase: try Self.passphrase(console, from: passphraseFile) { progress.end(.note) },
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

    /// From the file where one was given, else asked on the terminal.
    static func passphrase(
        _ console: Console, from file: String?, before asking: @escaping @Sendable () -> Void
    ) throws -> @Sendable (String) -> [UInt8]? {
        if let file {
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
    /// Why there is nothing to judge, in one line.
    func nothingFound(on disks: [String]) -> Refusal {
        let place =
            disks.isEmpty
            ? "on this machine's disks" : "on " + disks.map { "'\($0)'" }.joined(separator: ", ")
        let failure = storage.disks.lazy.compactMap(\.failure).first
        let rejected = rejected.first.map { "\($0.name): \($0.reason)" }
        let empty = storage.volumes.allSatisfy { $0.signature == nil } ? "nothing on it is known" : nil
        let reason = [failure, rejected, empty].compactMap(\.self).first
        return Refusal(
            "no installed system was found \(place)" + (reason.map { ": \($0)" } ?? ""),
            hint: self.rejected.count > 1
                ? "'bootmend scan' names every candidate and why it was not taken" : nil)
    }
}
