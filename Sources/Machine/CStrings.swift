import CLinux
import Glibc

/// A NULL-terminated vector of C strings, as execve(2) wants it, freed with its owner.
struct CStrings: ~Copyable {
    let pointer: UnsafeMutablePointer<UnsafePointer<CChar>?>
    private let count: Int

    init(_ strings: [String]) {
        count = strings.count
        pointer = .allocate(capacity: count + 1)
        for (index, string) in strings.enumerated() {
            (pointer + index).initialize(to: strdup(string).map { UnsafePointer($0) })
        }
        (pointer + count).initialize(to: nil)
    }

    deinit {
        for index in 0..<count { free(UnsafeMutablePointer(mutating: pointer[index])) }
        pointer.deallocate()
    }
}

/// Calls `body` with the string's C form, or NULL for nil.
func withOptionalCString<R>(_ string: String?, _ body: (UnsafePointer<CChar>?) -> R) -> R {
    guard let string else { return body(nil) }
    return string.withCString { body($0) }
}

/// Both ends of a pipe, each closed once.
final class Pipe {
    private(set) var reader: Int32
    private(set) var writer: Int32

    init() throws(SystemError) {
        reader = -1
        writer = -1
        try check(negative: bm_pipe(&reader, &writer), "make", "a pipe")
    }

    func closeReader() {
        if reader >= 0 { close(reader) }
        reader = -1
    }

    func closeWriter() {
        if writer >= 0 { close(writer) }
        writer = -1
    }

    deinit {
        closeReader()
        closeWriter()
    }
}
