/// Columns of text, as wide as their widest entry.
public struct TextTable: Sendable {
    private let rows: [[String]]

    /// Rows of equally many columns.
    public init(_ rows: [[String]]) { self.rows = rows }

    /// One line a row, each with a line end.
    public var text: String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            var line = ""
            for (column, entry) in row.enumerated() {
                line += entry
                if column < row.count - 1 {
                    line += String(repeating: " ", count: widths[column] - entry.count + 2)
                }
            }
            return line + "\n"
        }.joined()
    }
}
