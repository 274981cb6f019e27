import CLinux

/// What bootmend was started with, as the kernel gave it: Swift's own reader needs /proc, which may not be there.
package enum ProgramArguments {
    /// Without the program's own name.
    package static var all: [String] {
        (1..<max(1, bm_argument_count())).compactMap { bm_argument($0).map { String(cString: $0) } }
    }
}
