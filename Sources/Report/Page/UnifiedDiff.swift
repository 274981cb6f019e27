/// What an edit changes in a text file, in the form that diff(1) and patch(1) share.
package struct UnifiedDiff: Sendable, Hashable {
    /// One line of it; `text` is without the sign in front.
    package struct Row: Sendable, Hashable {
        package enum Kind: Sendable, Hashable { case heading, hunk, same, removed, added }
        package var kind: Kind
        package var text: String
    }

    package let rows: [Row]

    /// `old` is nil where there was no file.
    package init(path: String, old: String?, new: String, context: Int = 3) {
        let before = Self.lines(old ?? "")
        let after = Self.lines(new)
        let edits = Self.edits(before, after)
        let hunks = Self.hunks(edits, context: context)
        let heading = [
            Row(kind: .heading, text: old == nil ? "--- /dev/null" : "--- \(path)"),
            Row(kind: .heading, text: "+++ \(path)"),
        ]
        rows = hunks.isEmpty ? [] : heading + hunks
    }

    private static func lines(_ text: String) -> [Substring] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    private static func edits(_ before: [Substring], _ after: [Substring]) -> [Row] {
        // The ends that agree are set aside first: what is left is small for every edit bootmend makes, and where it is
        // not, the whole middle is shown as replaced instead of spending quadratic time on it.
        let front = zip(before, after).prefix { $0 == $1 }.count
        let tail = zip(before[front...].reversed(), after[front...].reversed()).prefix { $0 == $1 }.count
        let old = before[front..<(before.count - tail)]
        let new = after[front..<(after.count - tail)]
        let kept = { (lines: ArraySlice<Substring>) in lines.map { Row(kind: .same, text: String($0)) } }
        return kept(before[..<front]) + middle(Array(old), Array(new))
            + kept(before[(before.count - tail)...])
    }

    private static func middle(_ old: [Substring], _ new: [Substring]) -> [Row] {
        guard old.count + new.count <= 2000 else {
            return old.map { Row(kind: .removed, text: String($0)) }
                + new.map { Row(kind: .added, text: String($0)) }
        }
        var removed = Set<Int>()
        var added = Set<Int>()
        for change in new.difference(from: old) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var rows: [Row] = []
        var (left, right) = (0, 0)
        while left < old.count || right < new.count {
            if left < old.count, removed.contains(left) {
                rows.append(Row(kind: .removed, text: String(old[left])))
                left += 1
            } else if right < new.count, added.contains(right) {
                rows.append(Row(kind: .added, text: String(new[right])))
                right += 1
            } else {
                rows.append(Row(kind: .same, text: String(old[left])))
                left += 1
                right += 1
            }
        }
        return rows
    }

    /// Each run of edits with `context` lines around it, under a `@@ -first,count +first,count @@` line.
    private static func hunks(_ edits: [Row], context: Int) -> [Row] {
        var rows: [Row] = []
        var index = 0
        while let start = edits[index...].firstIndex(where: { $0.kind != .same }) {
            var end = start
            var next = start
            while let more = edits[next...].firstIndex(where: { $0.kind != .same }), more - end <= 2 * context
            {
                end = more + 1
                next = end
            }
            let range = max(0, start - context)..<min(edits.count, end + context)
            let hunk = edits[range]
            let before = edits[..<range.lowerBound]
            let removed = hunk.count { $0.kind != .added }
            let added = hunk.count { $0.kind != .removed }
            // An empty side is counted from the line before it (POSIX diff, "Diff -u Output Format").
            let left = before.count { $0.kind != .added } + (removed == 0 ? 0 : 1)
            let right = before.count { $0.kind != .removed } + (added == 0 ? 0 : 1)
            rows.append(Row(kind: .hunk, text: "@@ -\(left),\(removed) +\(right),\(added) @@"))
            rows += hunk
            index = end
        }
        return rows
    }
}

extension Page {
    /// A diff with its signs, never wrapped.
    mutating func diff(indent: Int, _ diff: UnifiedDiff) {
        for row in diff.rows {
            // A tab would move the text about and is the commonest blank of an fstab: it is shown as one space wide.
            let text = row.text.split(separator: "\t", omittingEmptySubsequences: false).joined(
                separator: " ")
            switch row.kind {
            case .heading: verbatim(indent: indent, .subject(text))
            case .hunk: verbatim(indent: indent, .dim(text))
            case .same: verbatim(indent: indent, .text(" " + text))
            case .removed: verbatim(indent: indent, .text("-" + text, .blocker))
            case .added: verbatim(indent: indent, .text("+" + text, .ok))
            }
        }
    }
}
