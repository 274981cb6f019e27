/// The sign in front of a line; what it says also stands in words beside it.
package enum Mark: Sendable, Hashable, CaseIterable {
    case ok, note, warning, blocker, notApplicable, unknown

    func text(in charset: Style.Charset) -> String {
        switch charset {
        case .unicode:
            switch self {
            case .ok: "✓"
            case .note: "·"
            case .warning: "!"
            case .blocker: "✗"
            case .notApplicable: "–"
            case .unknown: "?"
            }
        case .ascii:
            switch self {
            case .ok: "ok"
            case .note: ".."
            case .warning: "!!"
            case .blocker: "XX"
            case .notApplicable: "--"
            case .unknown: "??"
            }
        }
    }

    var role: Role? {
        switch self {
        case .ok: .ok
        case .warning, .unknown: .warning
        case .blocker: .blocker
        case .note, .notApplicable: nil
        }
    }
}

/// What a piece of text means, and so its colour: five of the eight that every terminal has.
package enum Role: Sendable, Hashable {
    case blocker, warning, ok, subject, dim

    /// The SGR parameter (ECMA-48, 8.3.117).
    var parameter: Int {
        switch self {
        case .blocker: 31
        case .warning: 33
        case .ok: 32
        case .subject: 1
        case .dim: 2
        }
    }
}
