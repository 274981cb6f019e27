/// Sets one line: escapes it, places its tabs, breaks it at the width and colours it.
struct Layout {
    private let style: Style

    init(_ style: Style) { self.style = style }

    private struct Cell {
        var character: Character
        var role: Role?
        var isBlank: Bool { character == " " }
    }

    func text(of line: Line) -> String {
        let (cells, hanging) = place(line)
        guard line.wraps, let width = style.width, cells.count > width else {
            return colour(trimmed(cells[...]))
        }
        return broken(cells, at: width, hanging: min(hanging, width / 2)).map(colour).joined(separator: "\n")
    }

    /// The line as characters, and the column where its continuation begins: below its last tab.
    private func place(_ line: Line) -> ([Cell], Int) {
        var cells = blanks(line.indent)
        var hanging = line.indent
        for span in line.spans {
            switch span {
            case .text(let text, let role):
                let safe = text.legible(in: style.charset)
                cells += safe.map { Cell(character: $0, role: role) }
            case .mark(let mark):
                cells += mark.text(in: style.charset).map { Cell(character: $0, role: mark.role) }
            case .tab(let column):
                cells += blanks(max(1, column - cells.count))
                hanging = cells.count
            }
        }
        return (cells, hanging)
    }

    private func broken(_ cells: [Cell], at width: Int, hanging: Int) -> [ArraySlice<Cell>] {
        var pieces: [ArraySlice<Cell>] = []
        var rest = cells[...]
        var margin = 0
        while rest.count + margin > width {
            let first = rest.firstIndex { !$0.isBlank } ?? rest.endIndex
            let limit = rest.startIndex + (width - margin)
            // A word longer than the line is left whole: half a path helps nobody.
            let end =
                rest[first..<min(limit + 1, rest.endIndex)].lastIndex { $0.isBlank }
                ?? rest[first...].firstIndex { $0.isBlank } ?? rest.endIndex
            pieces.append(trimmed(rest[..<end], margin: margin))
            rest = rest[end...].drop { $0.isBlank }
            margin = hanging
        }
        if !rest.isEmpty { pieces.append(trimmed(rest, margin: margin)) }
        return pieces
    }

    private func trimmed(_ cells: ArraySlice<Cell>, margin: Int = 0) -> ArraySlice<Cell> {
        let end = cells.lastIndex { !$0.isBlank }.map { $0 + 1 } ?? cells.startIndex
        return (blanks(margin) + cells[..<end])[...]
    }

    private func blanks(_ count: Int) -> [Cell] { Array(repeating: Cell(character: " "), count: count) }

    private func colour(_ cells: ArraySlice<Cell>) -> String {
        var text = ""
        var current: Role?
        for cell in cells {
            if style.isColoured, cell.role != current {
                if current != nil { text += "\u{1B}[0m" }
                if let role = cell.role { text += "\u{1B}[\(role.parameter)m" }
                current = cell.role
            }
            text.append(cell.character)
        }
        return current == nil ? text : text + "\u{1B}[0m"
    }
}
