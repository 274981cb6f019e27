/// A regular expression in LVM's own syntax (lvm2, libdm/regex/parse_rx.c), matched without backtracking: time is the
/// product of both lengths at most, whatever the expression.
struct LVMExpression {
    /// One state of a nondeterministic automaton (Thompson, 1968).
    private enum State {
        case take(Set<UInt8>, next: Int)
        case fork(Int, Int)
        case start(next: Int)
        case end(next: Int)
        case accept
    }

    private indirect enum Node {
        case nothing
        case take(Set<UInt8>)
        case start, end
        case sequence(Node, Node)
        case either(Node, Node)
        case repeated(Node, atLeastOnce: Bool)
        case optional(Node)
    }

    private var states: [State] = [.accept]
    private var first = 0

    private static let longest = 1024
    private static let deepest = 64

    /// Nil where the expression is none, or past all use.
    init?(_ text: [UInt8]) {
        guard text.count <= Self.longest else { return nil }
        var position = 0
        guard let node = Self.alternatives(text, &position, depth: 0), position == text.count else {
            return nil
        }
        first = add(node, next: 0)
    }

    /// Whether some part of `text` matches: LVM anchors only where `^` and `$` stand.
    func matches(_ text: String) -> Bool {
        let bytes = Array(text.utf8.prefix(4096))
        var current: Set<Int> = []
        for position in 0...bytes.count {
            follow(first, into: &current, atStart: position == 0, atEnd: position == bytes.count)
            if current.contains(0) { return true }
            guard position < bytes.count else { return false }
            var next: Set<Int> = []
            for state in current {
                guard case .take(let set, let after) = states[state], set.contains(bytes[position]) else {
                    continue
                }
                follow(after, into: &next, atStart: false, atEnd: position + 1 == bytes.count)
            }
            current = next
        }
        return false
    }

    private func follow(_ state: Int, into reached: inout Set<Int>, atStart: Bool, atEnd: Bool) {
        var pending = [state]
        while let state = pending.popLast() {
            guard reached.insert(state).inserted else { continue }
            switch states[state] {
            case .take, .accept: break
            case .fork(let one, let other): pending += [one, other]
            case .start(let next): if atStart { pending.append(next) }
            case .end(let next): if atEnd { pending.append(next) }
            }
        }
    }

    private mutating func add(_ node: Node, next: Int) -> Int {
        switch node {
        case .nothing: return next
        case .take(let set): return append(.take(set, next: next))
        case .start: return append(.start(next: next))
        case .end: return append(.end(next: next))
        case .sequence(let one, let other): return add(one, next: add(other, next: next))
        case .either(let one, let other):
            let first = add(one, next: next)
            return append(.fork(first, add(other, next: next)))
        case .optional(let inner): return append(.fork(add(inner, next: next), next))
        case .repeated(let inner, let atLeastOnce):
            let fork = append(.fork(next, next))
            let begin = add(inner, next: fork)
            states[fork] = .fork(begin, next)
            return atLeastOnce ? begin : fork
        }
    }

    private mutating func append(_ state: State) -> Int {
        states.append(state)
        return states.count - 1
    }

    private static func alternatives(_ text: [UInt8], _ position: inout Int, depth: Int) -> Node? {
        guard depth < deepest, var node = sequence(text, &position, depth: depth) else { return nil }
        while position < text.count, text[position] == UInt8(ascii: "|") {
            position += 1
            guard let other = sequence(text, &position, depth: depth) else { return nil }
            node = .either(node, other)
        }
        return node
    }

    private static func sequence(_ text: [UInt8], _ position: inout Int, depth: Int) -> Node? {
        var node = Node.nothing
        while position < text.count, text[position] != UInt8(ascii: "|"), text[position] != UInt8(ascii: ")")
        {
            guard var piece = atom(text, &position, depth: depth) else { return nil }
            repeats: while position < text.count {
                switch text[position] {
                case UInt8(ascii: "*"): piece = .repeated(piece, atLeastOnce: false)
                case UInt8(ascii: "+"): piece = .repeated(piece, atLeastOnce: true)
                case UInt8(ascii: "?"): piece = .optional(piece)
                default: break repeats
                }
                position += 1
            }
            node = .sequence(node, piece)
        }
        return node
    }

    private static func atom(_ text: [UInt8], _ position: inout Int, depth: Int) -> Node? {
        let byte = text[position]
        position += 1
        switch byte {
        case UInt8(ascii: "("):
            guard let inner = alternatives(text, &position, depth: depth + 1), position < text.count else {
                return nil
            }
            position += 1
            return inner
        case UInt8(ascii: "["): return set(text, &position).map(Node.take)
        case UInt8(ascii: "."): return .take(Set(0...255))
        case UInt8(ascii: "^"): return .start
        case UInt8(ascii: "$"): return .end
        case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"): return nil
        case UInt8(ascii: "\\"):
            guard position < text.count else { return nil }
            position += 1
            return .take([escaped(text[position - 1])])
        default: return .take([byte])
        }
    }

    private static func set(_ text: [UInt8], _ position: inout Int) -> Set<UInt8>? {
        var set: Set<UInt8> = []
        let isInverted = position < text.count && text[position] == UInt8(ascii: "^")
        if isInverted { position += 1 }
        while position < text.count, text[position] != UInt8(ascii: "]") {
            var low = text[position]
            position += 1
            if low == UInt8(ascii: "\\"), position < text.count {
                low = escaped(text[position])
                position += 1
            }
            if position + 1 < text.count, text[position] == UInt8(ascii: "-"),
                text[position + 1] != UInt8(ascii: "]")
            {
                let high = text[position + 1]
                position += 2
                if low <= high { set.formUnion(low...high) }
            } else {
                set.insert(low)
            }
        }
        guard position < text.count else { return nil }
        position += 1
        return isInverted ? Set(0...255).subtracting(set) : set
    }

    private static func escaped(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "n"): 10
        case UInt8(ascii: "r"): 13
        case UInt8(ascii: "t"): 9
        default: byte
        }
    }
}
