/// Cuts a GRUB script into words, as grub-core/script/yylex.l does, as far as commands need it: one pass, no copies
/// beyond the words themselves.
struct GrubScriptLexer {
    enum Token: Equatable {
        /// A word after quotes and escapes are taken away; variables stay as written (`$root`, `${kernelopts}`).
        case word(String, line: Int)
        /// `{` and `}` standing alone and unquoted.
        case open(line: Int)
        case close(line: Int)
        /// End of line or `;`.
        case separator
        /// A quote that is still open where the text ends.
        case unclosedQuote(line: Int)
    }

    private let text: [UInt8]
    private var position = 0
    private var line = 1

    init(_ text: [UInt8]) { self.text = text }

    /// The next token, nil at the end.
    mutating func next() -> Token? {
        skipBlanksAndComments()
        guard let byte = peek() else { return nil }
        if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: ";") {
            advance()
            return .separator
        }
        return word()
    }

    private mutating func skipBlanksAndComments() {
        while let byte = peek() {
            if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r") {
                advance()
            } else if byte == UInt8(ascii: "\\"), peek(1) == UInt8(ascii: "\n") {
                advance()
                advance()
            } else if byte == UInt8(ascii: "#") {
                // To the end of the line; a backslash does not continue a comment.
                while let byte = peek(), byte != UInt8(ascii: "\n") { advance() }
            } else {
                return
            }
        }
    }

    private mutating func word() -> Token {
        let start = line
        var word: [UInt8] = []
        var isBare = true
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"),
                UInt8(ascii: ";"):
                return finished(word, isBare: isBare, line: start)
            case UInt8(ascii: "'"):
                isBare = false
                guard single(into: &word) else { return .unclosedQuote(line: start) }
            case UInt8(ascii: "\""):
                isBare = false
                guard double(into: &word) else { return .unclosedQuote(line: start) }
            case UInt8(ascii: "\\"):
                advance()
                if let escaped = peek() {
                    // A backslash before the end of the line joins the lines.
                    if escaped != UInt8(ascii: "\n") {
                        isBare = false
                        word.append(escaped)
                    }
                    advance()
                }
            default:
                word.append(byte)
                advance()
            }
        }
        return finished(word, isBare: isBare, line: start)
    }

    private func finished(_ word: [UInt8], isBare: Bool, line: Int) -> Token {
        if isBare && word == [UInt8(ascii: "{")] { return .open(line: line) }
        if isBare && word == [UInt8(ascii: "}")] { return .close(line: line) }
        return .word(String(decoding: word, as: UTF8.self), line: line)
    }

    // Between single quotes everything stands for itself.
    private mutating func single(into word: inout [UInt8]) -> Bool {
        advance()
        while let byte = peek() {
            advance()
            if byte == UInt8(ascii: "'") { return true }
            word.append(byte)
        }
        return false
    }

    // Between double quotes a backslash escapes \ " $ and the end of the line, and stays before anything else.
    private mutating func double(into word: inout [UInt8]) -> Bool {
        advance()
        while let byte = peek() {
            advance()
            if byte == UInt8(ascii: "\"") { return true }
            guard byte == UInt8(ascii: "\\"), let escaped = peek() else {
                word.append(byte)
                continue
            }
            switch escaped {
            case UInt8(ascii: "\n"): advance()
            case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "$"):
                word.append(escaped)
                advance()
            default: word.append(byte)
            }
        }
        return false
    }

    private func peek(_ ahead: Int = 0) -> UInt8? {
        position + ahead < text.count ? text[position + ahead] : nil
    }

    private mutating func advance() {
        if text[position] == UInt8(ascii: "\n") { line += 1 }
        position += 1
    }
}
