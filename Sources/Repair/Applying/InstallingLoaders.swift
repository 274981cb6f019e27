import BootFiles
import CLinux
import Changes
import Glibc
import Machine

extension Work {
    /// Puts loaders on an ESP, and looks whether they are there.
    ///
    /// Other systems' loaders lie on it too: nothing is touched but the files that are named.
    func installLoaders(
        on esp: Change.EFIPartition, _ files: [String], from source: Change.LoaderSource
    ) throws {
        guard root.exists(esp.path) else {
            throw SystemError(
                "mount", esp.name, detail: "the rescue system cannot write to it",
                hint: "it is FAT, for which the kernel has the module 'vfat'")
        }
        let before = try looks(at: files, on: esp)
        for file in files { try saving.save(esp.path + "/" + file) }
        switch source {
        case .tool(let command):
            // It puts GRUB's modules where GRUB looks for them as well.
            for directory in Self.grubDirectories where root.exists(directory) { try saving.save(directory) }
            try run(command)
            try look(at: files, before, on: esp, command)
            for directory in Self.grubDirectories where root.exists(directory) && isBoot(directory + "/") {
                try Place.existing(directory + "/grub.cfg", in: root).settle()
            }
        case .copy(let good, let copies):
            for copy in copies { try self.copy(good.path + "/" + copy.from, to: esp.path + "/" + copy.to) }
        }
        try flush(files, on: esp)
    }

    // What it succeeded with is not taken for granted: the ESP of the next disk is written after this.
    private func look(
        at files: [String], _ before: [String: Status], on esp: Change.EFIPartition, _ command: Command
    ) throws {
        let now = try looks(at: files, on: esp)
        guard !now.isEmpty else {
            throw RepairFailure("'\(command)' succeeded, and there is no loader on \(esp.name)")
        }
        if let gone = files.first(where: { before[$0] != nil && now[$0] == nil }) {
            throw RepairFailure("'\(command)' succeeded, and \(gone) is gone from \(esp.name)")
        }
        // What it did not write is not its fault.
        for file in files where now[file] != before[file] && file.lowercased().hasSuffix(".efi") {
            let path = esp.path + "/" + file
            let head = try Place.existing(path, in: root).open()?.read(at: 0, count: 65536, of: path) ?? []
            guard FirmwareProgram(parsing: head) != nil else {
                throw RepairFailure(
                    "'\(command)' succeeded, and \(file) on \(esp.name) is no program that firmware could start"
                )
            }
        }
    }

    private func looks(at files: [String], on esp: Change.EFIPartition) throws -> [String: Status] {
        var found: [String: Status] = [:]
        for file in files { found[file] = try Place.find(esp.path + "/" + file, in: root)?.status() }
        return found
    }

    // Of a FAT only fsync reaches the disk, past its cache (fs/fat/file.c, fat_file_fsync); syncfs writes the directories, and
    // ends before it.
    private func flush(_ files: [String], on esp: Change.EFIPartition) throws {
        guard let directory = try root.resolve(esp.path, O_RDONLY | O_DIRECTORY) else { return }
        try check(minusOne: { bm_sync(directory.number) }, "flush", esp.name)
        for file in files {
            let path = esp.path + "/" + file
            try root.resolve(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)?.synchronize(path)
        }
    }

    static let grubDirectories = ["/boot/grub", "/boot/grub2"]

    private func copy(_ from: String, to path: String) throws {
        guard let source = try Place.find(from, in: root)?.open() else { return }
        try root.makeDirectories("/" + path.split(separator: "/").dropLast().joined(separator: "/"))
        try copy(source, of: root.shown(from), to: Place.existing(path, in: root))
    }
}
