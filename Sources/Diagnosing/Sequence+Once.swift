extension Sequence where Element: Equatable {
    /// Each element once, in the order in which they came.
    var once: [Element] { reduce(into: []) { if !$0.contains($1) { $0.append($1) } } }
}
