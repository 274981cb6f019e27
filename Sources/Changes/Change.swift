import Machine

/// One thing that bootmend does to the installed system. The set is closed: nothing else changes a disk.
///
/// Paths are inside the installed system and begin with "/". Each change writes down first what was there, so that it
/// can be taken back; `open` alone cannot.
package enum Change: Codable, Sendable, Hashable {
    /// Assembles, activates and mounts the installed system for writing; always the first change of a plan.
    case open(actions: [String])
    /// Puts a text file in place; `was` is what the plan was made from, nil where there was no file.
    case writeFile(path: String, text: String, was: String?, mode: UInt32)
    /// Has a tool write `output` beside `path`, checks it, and puts it in the old one's place.
    case build(path: String, output: String, command: Command, result: BuildResult)
    /// Copies files of an older /boot into the present one, where they are missing; together they have `size` bytes.
    case copy(from: OldBoot, files: [String], size: UInt64)
    /// Has a tool write boot code to a disk: its first sector, the embedding area, and the GRUB directory in /boot.
    case installBootLoader(disk: String, area: ByteRange, directory: String, command: Command)
    /// Puts this system's loaders on an EFI system partition; `files`, from its top, are those that may change.
    case installLoaders(on: EFIPartition, files: [String], from: LoaderSource)
    /// Runs a tool inside the installed system that changes the files named.
    case run(command: Command, touching: [String])
    /// Not done by bootmend at all: lines to be typed, shown with the reason why they are left to the person.
    case byHand(lines: [String], why: String)

    /// A directory that was /boot before: of an old partition, or under the present one's mount point.
    package struct OldBoot: Codable, Sendable, Hashable {
        /// As the survey calls it, and as an administrator does.
        package var volume: String
        package var name: String
        /// btrfs subvolume that it lies in.
        package var subvolume: String?
        /// In its filesystem: "" or "/boot".
        package var directory: String

        package init(volume: String, name: String, subvolume: String? = nil, directory: String) {
            self.volume = volume
            self.name = name
            self.subvolume = subvolume
            self.directory = directory
        }
    }

    /// An ESP, which lies under a directory of its own in the open target, whatever fstab says of it.
    package struct EFIPartition: Codable, Sendable, Hashable {
        /// As an administrator calls it: `/dev/sda1`.
        package var name: String
        /// PARTUUID: the same at the next start, when it is to be taken back.
        package var uuid: String

        package init(name: String, uuid: String) {
            self.name = name
            self.uuid = uuid
        }

        package static let directory = "/run/bootmend-esp"

        /// Inside the installed system.
        package var path: String { Self.directory + "/" + uuid }
    }

    /// Where the loaders come from.
    package enum LoaderSource: Codable, Sendable, Hashable {
        /// A tool of the installed system has them.
        case tool(Command)
        /// Another ESP has good ones, each under the name on the left; those that it has not are left out.
        case copy(of: EFIPartition, as: [LoaderCopy])
    }

    package struct LoaderCopy: Codable, Sendable, Hashable {
        package var from: String
        package var to: String

        package init(from: String, to: String) {
            self.from = from
            self.to = to
        }
    }

    /// What a built file is checked to be before it takes its place.
    package enum BuildResult: Codable, Sendable, Hashable {
        /// A whole initramfs that holds the modules of this kernel.
        case initramfs(kernel: String)
        /// A GRUB configuration with at least one entry.
        case grubConfig
    }

    /// Bytes of a disk from `start`, the partition table's own bytes among them.
    package struct ByteRange: Codable, Sendable, Hashable {
        package var start: UInt64
        package var length: UInt64
        package init(start: UInt64, length: UInt64) {
            self.start = start
            self.length = length
        }
    }

    /// The contract's word for it.
    package var kind: String {
        switch self {
        case .open: "open"
        case .writeFile: "write-file"
        case .build: "build"
        case .copy: "copy-files"
        case .installBootLoader: "install-boot-loader"
        case .installLoaders: "install-loaders"
        case .run: "run"
        case .byHand: "by-hand"
        }
    }

    package var isUndoable: Bool {
        switch self {
        case .open, .byHand: false
        case .writeFile, .build, .copy, .installBootLoader, .installLoaders: true
        // What changes no file changes a mirror: there is nothing to put back.
        case .run(_, let touching): !touching.isEmpty
        }
    }

    /// What is to be typed by the person; empty for what bootmend does.
    package var linesByHand: [String] {
        if case .byHand(let lines, _) = self { lines } else { [] }
    }

    package var command: Command? {
        switch self {
        case .open, .writeFile, .copy, .byHand, .installLoaders(_, _, from: .copy): nil
        case .build(_, _, let command, _), .installBootLoader(_, _, _, let command), .run(let command, _),
            .installLoaders(_, _, from: .tool(let command)):
            command
        }
    }

    package var path: String? {
        switch self {
        case .writeFile(let path, _, _, _), .build(let path, _, _, _): path
        case .copy: "/boot"
        case .open, .installBootLoader, .installLoaders, .run, .byHand: nil
        }
    }

    package var device: String? {
        switch self {
        case .installBootLoader(let disk, _, _, _): disk
        case .copy(let old, _, _): old.name
        case .installLoaders(let esp, _, _): esp.name
        case .open, .writeFile, .build, .run, .byHand: nil
        }
    }

    /// GRUB is installed whole: its modules in /boot, which all disks share, are made anew.
    package var installsGrub: Bool {
        if case .installBootLoader(_, _, _, let command) = self {
            command.tool == .grubInstall || command.tool == .grub2Install
        } else {
            false
        }
    }

    /// What does not boot while it is made, should the power fail right then.
    package var window: String? {
        guard case .installBootLoader(let disk, _, let directory, _) = self else { return nil }
        return installsGrub
            ? "\(directory) is made anew: no disk that leads there boots" : "\(disk) does not boot"
    }
}
