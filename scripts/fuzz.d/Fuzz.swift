import Glibc

/// One parser under libFuzzer: what it is called, how long an input is worth trying, and what is done with one.
struct Target: Sendable {
    var name: String
    /// Bytes.
    var longest: Int
    var run: @Sendable ([UInt8]) -> Void

    init(_ name: String, upTo longest: Int = 4096, _ run: @escaping @Sendable ([UInt8]) -> Void) {
        self.name = name
        self.longest = longest
        self.run = run
    }

    static let all = storage + grub + initramfs + configuration + records

    /// The one that the environment names: libFuzzer starts itself again with arguments of its own.
    static let chosen: Target? = {
        let name = getenv("BOOTMEND_FUZZ_TARGET").map { String(cString: $0) }
        return all.first { $0.name == name }
    }()
}

/// One input.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Target.chosen?.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}

public typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?

/// Without a target: which there are, and the longest input of each, for scripts/fuzz.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<Arguments>)
    -> CInt
{
    guard Target.chosen == nil else { return 0 }
    for target in Target.all { print(target.name, target.longest) }
    exit(0)
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _: UnsafeMutablePointer<CInt>, _: UnsafeMutablePointer<Arguments>,
    _: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// SwiftPM links with `main` as another name of this one, where the linker does not prefer libFuzzer's own.
@_cdecl("Fuzzing_main")
public func start(_ count: CInt, _ arguments: Arguments) -> CInt {
    var count = count
    var arguments = arguments
    return runDriver(&count, &arguments, test)
}

/// Inputs as texts: what the readers of files do first.
func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

extension [UInt8] {
    /// What lies before the first `separator` and behind it, for targets that take two things.
    func halves(at separator: UInt8 = 0) -> (first: [UInt8], second: [UInt8]) {
        let end = firstIndex(of: separator) ?? count
        return (Array(prefix(end)), Array(dropFirst(end + 1)))
    }

    /// Puts a number there, little-endian, as far as there is room: checksums made right, so that what lies behind them
    /// is reached.
    mutating func put(_ value: UInt32, at offset: Int) {
        for index in 0..<4 where offset + index < count {
            self[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * index))
        }
    }
}
