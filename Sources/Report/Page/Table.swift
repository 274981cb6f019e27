/// Rows of cells under one another; too wide for the terminal, it loses its last column before anything wraps.
struct Table {
    private var rows: [[Span]] = []
    private let indent: Int

    init(indent: Int = 0) { self.indent = indent }

    mutating func row(_ cells: Span...) { rows.append(cells) }

    func lines(_ style: Style) -> [Line] {
        var columns = rows.map(\.count).max() ?? 0
        while columns > 2, let width = style.width, total(columns, style) > width { columns -= 1 }
        return rows.map { cells in
            var spans: [Span] = []
            var column = indent
            for (index, cell) in cells.prefix(columns).enumerated() {
                if index > 0 { spans.append(.tab(column)) }
                spans.append(cell)
                column += widest(index, style) + 2
            }
            return Line(indent: indent, spans)
        }
    }

    private func total(_ columns: Int, _ style: Style) -> Int {
        (0..<columns).map { widest($0, style) }.reduce(indent, +) + 2 * (columns - 1)
    }

    private func widest(_ column: Int, _ style: Style) -> Int {
        rows.map { $0.indices.contains(column) ? width($0[column], style) : 0 }.max() ?? 0
    }

    private func width(_ span: Span, _ style: Style) -> Int {
        switch span {
        case .text(let text, _): text.legible(in: style.charset).count
        case .mark(let mark): mark.text(in: style.charset).count
        case .tab: 0
        }
    }
}
