/// Finds the names of what is gone in a line of text: whole ones only, and none inside a name of what is still there.
struct NameSearch {
    fileprivate struct Candidate {
        var name: DeviceName
        var bytes: [UInt8]
        var isGone: Bool
        /// Between dashes it is a part of something longer: an ABCD-1234 stands in the middle of many a UUID.
        var goesOnAtDash: Bool
    }

    /// By the first byte, as a small letter.
    private var candidates = [[Candidate]](repeating: [], count: 256)

    init(gone: [DeviceName], present: [DeviceName]) {
        for name in gone { add(name, isGone: true) }
        for name in present { add(name, isGone: false) }
    }

    private mutating func add(_ name: DeviceName, isGone: Bool) {
        let isIdentifier = name.kind == .identifier
        let bytes = name.text.utf8.map { isIdentifier ? $0.asSmallLetter : $0 }
        guard let first = bytes.first else { return }
        let isPart =
            isIdentifier && bytes.count < 32 && name.text.contains("-")
            && name.text.allSatisfy { $0.isHexDigit || $0 == "-" }
        candidates[Int(first.asSmallLetter)].append(
            Candidate(name: name, bytes: bytes, isGone: isGone, goesOnAtDash: isPart))
    }

    /// What the line still names, each thing once, in the order of the line.
    func remnants(in line: ConfigurationLine) -> [Remnant] {
        let bytes = Array(line.text.utf8)
        var found: [(candidate: Candidate, range: Range<Int>)] = []
        for start in bytes.indices {
            for candidate in candidates[Int(bytes[start].asSmallLetter)] {
                let range = start..<start + candidate.bytes.count
                guard candidate.stands(at: range, in: bytes) else { continue }
                if candidate.name.kind != .listed || line.isOfLVMConf { found.append((candidate, range)) }
            }
        }
        var named: Set<String> = []
        return found.filter { one in
            let isPart = found.contains { other in
                other.range.lowerBound <= one.range.lowerBound
                    && one.range.upperBound <= other.range.upperBound
                    && (one.range.count < other.range.count || !other.candidate.isGone)
            }
            return one.candidate.isGone && !isPart && named.insert(one.candidate.name.was).inserted
        }.map { one in
            Remnant(
                path: line.path, line: line.number, name: String(decoding: bytes[one.range], as: UTF8.self),
                was: one.candidate.name.was)
        }
    }
}

extension NameSearch.Candidate {
    fileprivate func stands(at range: Range<Int>, in text: [UInt8]) -> Bool {
        guard range.upperBound <= text.count else { return false }
        let ignoresCase = name.kind == .identifier
        let isEqual = zip(text[range], bytes).allSatisfy { seen, own in
            (ignoresCase ? seen.asSmallLetter : seen) == own
        }
        guard isEqual else { return false }
        let before = range.lowerBound > 0 ? text[range.lowerBound - 1] : nil
        let after = range.upperBound < text.count ? text[range.upperBound] : nil
        switch name.kind {
        case .identifier: return [before, after].allSatisfy { !goesOn($0) }
        case .path: return [before, after].allSatisfy { !($0?.isOfPath ?? false) }
        // Labels and the names of volumes may have nearly any mark in them.
        case .word: return !(before?.isOfPath ?? false) && (after?.isBlankOrQuote ?? true)
        case .serial:
            // ata-MODEL_SERIAL-part1 (60-persistent-storage.rules); sys_serial (lvmdevices(8)).
            let start = text[..<range.lowerBound].lastIndex { $0.isBlankOrQuote }.map { $0 + 1 } ?? 0
            let word = String(decoding: text[start..<range.lowerBound], as: UTF8.self)
            let isOfADisk = word.contains("/by-id/") || word.hasPrefix("IDNAME=")
            let begins = before.map { "_-=".utf8.contains($0) } ?? false
            let ends = after.map { $0.isBlankOrQuote || "-,|$".utf8.contains($0) } ?? true
            return isOfADisk && begins && ends
        case .listed: return true
        }
    }

    private func goesOn(_ neighbour: UInt8?) -> Bool {
        guard let neighbour else { return false }
        return neighbour.isAlphanumeric || goesOnAtDash && neighbour == UInt8(ascii: "-")
    }
}

extension UInt8 {
    fileprivate var asSmallLetter: UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
    }

    /// A byte of a character beyond ASCII counts as a letter.
    fileprivate var isAlphanumeric: Bool {
        self >= 0x80 || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(asSmallLetter)
    }

    /// What LVM's names and those under /dev are made of (lvm(8), "VALID NAMES").
    fileprivate var isOfPath: Bool { isAlphanumeric || "+_.-/".utf8.contains(self) }

    fileprivate var isBlankOrQuote: Bool {
        self <= 32 || self == UInt8(ascii: "\"") || self == UInt8(ascii: "'")
    }
}
