import BootFiles
import Changes
import Glibc
import Machine

extension Work {
    /// Has a tool write `output` beside `path`, looks whether it is what it should be, and gives it the name.
    func build(_ path: String, output: String, _ command: Command, _ result: Change.BuildResult) throws {
        // grub-mkconfig -o X writes X.new first, and leaves it there when it is not well formed.
        for path in [path, output, output + ".new"] { try saving.save(path) }
        let place = try Place.existing(path, in: root)
        try noteLeftovers(of: place)
        let beside = try Place.existing(output, in: root)
        // Left over from a run that was cut short; its bytes are saved like any other's.
        try beside.remove()
        try Place.existing(output + ".new", in: root).remove()
        try run(command, harmless: true)
        guard let made = try beside.open() else {
            throw RepairFailure("'\(command)' succeeded and wrote no '\(output)'")
        }
        try look(at: output, result, command)
        try dress(made, like: place, mode: nil)
        guard try sameDirectory(place, beside) else {
            throw SystemError("replace", place.shown, detail: "'\(output)' was not written beside it")
        }
        try Replacement(settles: isBoot(place.path)).swap(
            made, named: beside.name, into: place, id: journal.id)
    }

    private func sameDirectory(_ one: borrowing Place, _ other: borrowing Place) throws -> Bool {
        let first = try Status(of: one.directory.number, one.shown)
        let second = try Status(of: other.directory.number, other.shown)
        return first.device == second.device && first.inode == second.inode
    }

    // A tool's exit status says that it is content; what counts is the file.
    private func look(at output: String, _ result: Change.BuildResult, _ command: Command) throws {
        switch result {
        case .grubConfig:
            guard let text = try root.text(output, limit: 4 << 20) else { return }
            let config = GrubConfig(parsing: text)
            if let damage = config.damage {
                throw RepairFailure("'\(command)' wrote a broken menu: \(damage)")
            }
            guard !config.starting.isEmpty || config.readsEntries else {
                throw RepairFailure(
                    "'\(command)' wrote a menu without entries",
                    hint: "it found no kernel in /boot; is the right filesystem mounted there?")
            }
        case .initramfs(let kernel):
            guard let image = try root.open(output) else { return }
            let facts = try InitramfsReader.read(image)
            if let damage = facts.damage {
                throw RepairFailure(
                    "'\(command)' wrote a broken image: \(damage.reason) at byte \(damage.offset)")
            }
            guard facts.kernelVersions.contains(kernel) || facts.notLookedInto != nil else {
                throw RepairFailure(
                    "'\(command)' wrote an image without modules of \(kernel)",
                    lines: ["modules of: " + facts.kernelVersions.joined(separator: ", ")])
            }
        }
    }
}
