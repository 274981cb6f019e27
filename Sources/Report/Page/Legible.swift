extension String {
    /// The same text without anything that a terminal would act on.
    ///
    /// Names, labels and lines of files come from disks that anybody may have written: an escape sequence in a volume
    /// label could otherwise clear the screen, change the title, or forge a line of the report.
    package func legible(in charset: Style.Charset) -> String {
        var text = ""
        text.unicodeScalars.reserveCapacity(unicodeScalars.count)
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control:
                text +=
                    scalar.value < 0x80
                    ? "\\x" + Self.hex(scalar.value, 2) : "\\u{\(Self.hex(scalar.value, 2))}"
            // Format characters reorder or hide what stands beside them (bidirectional overrides, zero-width joiners).
            case .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                text += "\\u{\(Self.hex(scalar.value, 4))}"
            default:
                if scalar.isASCII || charset == .unicode {
                    text.unicodeScalars.append(scalar)
                } else {
                    text += Self.spelling(scalar)
                }
            }
        }
        return text
    }

    /// How bootmend's own typography is written where only ASCII is sure to show.
    private static func spelling(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "…": "..."
        case "–", "—", "−": "-"
        case "→": "->"
        case "·": "."
        case "‘", "’": "'"
        case "×": "x"
        default: "\\u{\(hex(scalar.value, 4))}"
        }
    }

    private static func hex(_ value: UInt32, _ digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: Swift.max(0, digits - text.count)) + text
    }
}
