import Glibc
import Machine
import Sysimage

/// Why a verb ends without its answer: one clear line, the way on, and the status that says it to a script.
struct Refusal: Error {
    var message: String
    var hint: String?
    var status: Int32

    init(_ message: String, hint: String? = nil, status: Int32 = ExitStatus.unknown) {
        self.message = message
        self.hint = hint
        self.status = status
    }

    /// A machine's refusal in the verb's own status; where rights are missing that is what is said.
    init(_ error: SystemError, status: Int32 = ExitStatus.unknown) {
        message = error.description
        hint = error.hint
        let denied = (error.number == EACCES || error.number == EPERM) && !Rights.isRoot
        self.status = denied ? ExitStatus.noPermission : status
    }

    static func usage(_ message: String, hint: String? = nil) -> Refusal {
        Refusal(message, hint: hint, status: ExitStatus.usage)
    }

    /// A file that was named and is not there, said before any work.
    static func unlessThere(_ path: String, hint: String? = nil) throws(Refusal) {
        let kind: NamedFile.Kind?
        do { kind = try NamedFile.kind(path) } catch { throw Refusal(error, status: ExitStatus.usage) }
        if kind == nil { throw .usage("cannot open '\(path)': No such file or directory", hint: hint) }
    }

    /// What `mount` has put there is worked on by hand; only `umount` takes it away.
    static func ifMounted() throws {
        if let state = try SysimageState.load() {
            throw Refusal("\(state.name) is mounted under \(state.tree.path)", hint: "bootmend umount")
        }
        // Its mounts were taken away by hand.
        SysimageState.forget()
    }

    static let interrupted = Refusal("interrupted", status: ExitStatus.interrupted)

    /// Reading disks and mounting filesystems takes root.
    static func unlessRoot(_ doing: String) throws(Refusal) {
        guard !Rights.isRoot else { return }
        throw Refusal("only root can \(doing)", hint: "put 'sudo' in front", status: ExitStatus.noPermission)
    }
}

extension SysimageState {
    /// What `mount` has left to work in; half a tree is not worked in.
    static func whole() throws -> SysimageState? {
        let state = try load()
        if let state, !state.isWhole {
            throw Refusal("an earlier mount of \(state.name) was cut short", hint: "bootmend umount")
        }
        return state
    }
}
