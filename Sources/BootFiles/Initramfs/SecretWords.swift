/// Takes passwords out of a text that goes into a saved survey; everything else stays byte for byte.
package enum SecretWords {
    /// What stands where something was taken away: such a text is not the file any more.
    package static let mark = "(removed)"

    /// `rd.iscsi.password=…`, `PASSWORD="…"`, `--password …`, `user=joe%…`, `ftp://joe:…@host`, `netroot=iscsi:…@host`
    /// (dracut.cmdline(7), mount.cifs(8), RFC 3986).
    package static func removed(from text: String) -> String {
        let bytes = Array(text.utf8)
        guard mayHoldSecret(bytes) else { return text }
        let rest = removing(Userinfo.found(in: bytes), from: bytes)
        var values = SecretValues(rest)
        return String(decoding: removing(values.found(), from: rest), as: UTF8.self)
    }

    /// Whether what goes by this name is a secret: `rd.iscsi.password`, `luks_passphrase`, `CRYPT_PASS`, `pass2`.
    package static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased().replacing("-", with: "_")
        if parts.contains(where: name.contains) { return true }
        // As the last word only: `token_timeout` and `iommu.passthrough` are none.
        let last = name.split { !$0.isLetter && !$0.isNumber }.last ?? ""
        return words.contains(String(last.prefix(while: \.isLetter)))
    }

    /// The bytes with the mark in the place of each of the ranges, which are in order; one inside another is part of
    /// it.
    package static func removing(_ secrets: [Range<Int>], from bytes: [UInt8]) -> [UInt8] {
        var kept: [UInt8] = []
        var place = 0
        for secret in secrets where secret.lowerBound >= place {
            kept += bytes[place..<secret.lowerBound]
            kept += mark.utf8
            place = secret.upperBound
        }
        return kept + bytes[place...]
    }

    // dhchap: rd.nvmf. cifspass: dracut.cmdline(7). pin_value: a PKCS#11 URI in crypttab (RFC 7512).
    private static let parts = ["passw", "passphrase", "secret", "dhchap", "cifspass", "pin_value"]
    private static let words: Set<String> = ["pass", "pw", "pwd", "token"]
    private static let signs = ["pass", "pw", "secret", "dhchap", "pin", "token", "credential", "@", "%"]

    /// One pass over the bytes: many texts have no such word, and are long.
    private static func mayHoldSecret(_ bytes: [UInt8]) -> Bool {
        // Setting bit 5 makes ASCII letters small; what it does to other bytes matters little.
        let signs = signs.map { $0.utf8.map { $0 | 0x20 } }
        let firsts = Set(signs.compactMap(\.first))
        let bytes = bytes.map { $0 | 0x20 }
        return bytes.indices.contains { index in
            firsts.contains(bytes[index]) && signs.contains { bytes[index...].starts(with: $0) }
        }
    }
}

extension UInt8 {
    fileprivate var isBlank: Bool { (9...13).contains(self) || self == 32 }
    fileprivate var isQuote: Bool { self == UInt8(ascii: "\"") || self == UInt8(ascii: "'") }
    fileprivate var isNewline: Bool { self == 10 || self == 13 }
}

/// Passwords in front of a host: `ftp://joe:…@host`, `//joe:…@host/share`, `netroot=iscsi:…@host`.
private enum Userinfo {
    /// One pass: from each `//` only as far as the next slash.
    static func found(in bytes: [UInt8]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(where: \.isBlank) ?? bytes.count
            // dracut too lets a password hold every "@" but the last (cifs-lib.sh).
            if let host = bytes[start..<end].lastIndex(of: UInt8(ascii: "@")),
                let secret = (start..<host).lazy.compactMap({ secret(at: $0, before: host, in: bytes) }).first
            {
                found.append(secret)
            }
            start = end + 1
        }
        return found
    }

    private static func secret(at place: Int, before host: Int, in bytes: [UInt8]) -> Range<Int>? {
        let rest = bytes[place..<host]
        // netroot=iscsi:[<user>:<password>[:<user>:<password>]@]<server>… (dracut.cmdline(7))
        if rest.starts(with: "=iscsi:".utf8), !rest.starts(with: "=iscsi:/".utf8), rest.count > 7 {
            return (place + 7)..<host
        }
        guard rest.starts(with: "//".utf8), rest.dropFirst(2).first != UInt8(ascii: "[") else { return nil }
        let start = place + 2
        let slash = bytes[start..<host].firstIndex { "/?#".utf8.contains($0) }
        let end = slash.flatMap { bytes[start..<$0].lastIndex(of: UInt8(ascii: "@")) } ?? slash ?? host
        let user = bytes[start..<end]
        let colon = user.firstIndex(of: UInt8(ascii: ":"))
        // Without an "@" before its slash this is host:port, unless what should be a port is none.
        if let slash, end == slash {
            guard let colon, bytes[(colon + 1)..<slash].contains(where: { !(48...57).contains($0) }) else {
                return nil
            }
        }
        return (colon ?? user.firstIndex(of: UInt8(ascii: "%"))).map { ($0 + 1)..<host }
    }
}

/// Goes through the words of a text, which blanks and commas part, for values whose name says that they are secret.
private struct SecretValues {
    private let bytes: [UInt8]
    /// Where the word begins, and where the name in it does: behind a quote, or behind the `=` of `rootflags=`.
    private var word = 0
    private var name = 0

    // mount.cifs(8): user%password; dracut has cifsuser=.
    private static let users: Set<String> = ["user", "username", "cifsuser"]
    // NAME:VALUE (systemd.system-credentials(7)); systemd takes - and _ for the same.
    private static let credentials: Set<String> = [
        "systemd.set_credential", "systemd.set_credential_binary",
    ]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// One pass: what was found is not looked into again.
    mutating func found() -> [Range<Int>] {
        var found: [Range<Int>] = []
        var at = 0
        while at < bytes.count {
            var secret: Range<Int>?
            switch bytes[at] {
            case UInt8(ascii: "="):
                secret = value(behind: at)
                name = at + 1
            case UInt8(ascii: ","):
                word = at + 1
                name = word
            case let byte where byte.isBlank:
                secret = argument(behind: at)
                word = at + 1
                name = word
            case let byte where byte.isQuote && at == name: name = at + 1
            default: break
            }
            at += 1
            guard let secret else { continue }
            found.append(secret)
            at = secret.upperBound
            name = at
        }
        return found
    }

    private func value(behind equals: Int) -> Range<Int>? {
        let spelled = String(decoding: bytes[name..<equals], as: UTF8.self)
        let called = spelled.lowercased()
        let value = equals + 1
        var start = value
        if Self.credentials.contains(called.replacing("-", with: "_")) {
            start = place(behind: UInt8(ascii: ":"), from: value) ?? value
        } else if Self.users.contains(called) {
            guard let percent = place(behind: UInt8(ascii: "%"), from: value) else { return nil }
            start = percent
        } else if !SecretWords.isSecret(called) {
            return nil
        }
        // "rd.iscsi.password=two words" is one parameter (lib/cmdline.c, next_arg), user="joe%two words" one value.
        let opening = start > value && bytes[value].isQuote ? value : word
        if bytes[opening].isQuote, let end = closing(of: bytes[opening], from: start) { return start..<end }
        // Commas part the options of a mount; parameters of a kernel and variables of a shell they do not.
        let isOption = !called.contains(".") && !called.hasPrefix("cifs") && spelled != spelled.uppercased()
        return start..<end(of: start, takesCommas: !isOption)
    }

    /// What follows `--password` on its line.
    private func argument(behind end: Int) -> Range<Int>? {
        guard name == word, bytes[word..<end].first == UInt8(ascii: "-"),
            SecretWords.isSecret(String(decoding: bytes[word..<end], as: UTF8.self)),
            let start = bytes[end...].firstIndex(where: { !$0.isBlank || $0.isNewline }),
            !bytes[start].isNewline, !bytes[start...].starts(with: "--".utf8)
        else { return nil }
        return start..<self.end(of: start, takesCommas: true)
    }

    /// Behind the first such byte of the value.
    private func place(behind byte: UInt8, from start: Int) -> Int? {
        let end = bytes[start...].firstIndex { $0 == byte || $0.isBlank || ",=".utf8.contains($0) }
        return end.flatMap { bytes[$0] == byte ? $0 + 1 : nil }
    }

    /// Where the quote is closed on its line; between double ones a backslash escapes. `isEscaped`: it is `\"` itself.
    private func closing(of quote: UInt8, from start: Int, isEscaped: Bool = false) -> Int? {
        var isBehindBackslash = false
        for at in start..<bytes.count {
            let byte = bytes[at]
            if byte.isNewline { return nil }
            if byte == quote, isBehindBackslash == isEscaped || quote == UInt8(ascii: "'") && !isEscaped {
                return at
            }
            isBehindBackslash = byte == UInt8(ascii: "\\") && !isBehindBackslash
        }
        return nil
    }

    /// Where the value that begins at `start` ends.
    private func end(of start: Int, takesCommas: Bool) -> Int {
        let plain = endOfQuoted(start)
        var at = plain
        while at < bytes.count, !bytes[at].isBlank {
            let next = at + 1 < bytes.count ? bytes[at + 1] : 10
            switch bytes[at] {
            // mount.cifs(8): a doubled comma is one of the password's.
            case UInt8(ascii: ",") where !takesCommas:
                guard next == UInt8(ascii: ",") else { return at }
                at += 2
            case UInt8(ascii: "\\") where !next.isNewline: at += 2
            default: at += 1
            }
        }
        // A quote that nothing in the value opens closes what the value stands in: GRUB_CMDLINE_LINUX="… password=x".
        if at > plain, bytes[at - 1].isQuote,
            !bytes[plain..<at].count(where: { $0 == bytes[at - 1] }).isMultiple(of: 2)
        {
            at -= at - 1 > plain && bytes[at - 2] == UInt8(ascii: "\\") ? 2 : 1
        }
        return at
    }

    /// Behind the quotes that a value begins with, `"` or a `\"` between others; where they are not closed, the end of
    /// the line.
    private func endOfQuoted(_ start: Int) -> Int {
        let isEscaped = start < bytes.count && bytes[start] == UInt8(ascii: "\\")
        let quote = isEscaped ? start + 1 : start
        guard quote + 1 < bytes.count, bytes[quote].isQuote, !bytes[quote + 1].isNewline else { return start }
        if let end = closing(of: bytes[quote], from: quote + 1, isEscaped: isEscaped) { return end + 1 }
        return bytes[quote...].firstIndex(where: \.isNewline) ?? bytes.count
    }
}
