/// A sorted list of words with a space before, between and behind them, searched in place like a ``RecordTable``.
struct WordTable {
    private static let space = UInt8(ascii: " ")

    private let text: StaticString

    /// - Parameter text: the words in the order of their bytes, which are all greater than that of a space.
    init(_ text: StaticString) { self.text = text }

    /// Whether the list has this very word.
    func contains(_ word: [UInt8]) -> Bool {
        text.withUTF8Buffer { bytes in
            // Places of spaces: every word before `low` is smaller, none from `high` on is.
            var (low, high) = (0, bytes.count - 1)
            while low < high {
                var start = low + (high - low) / 2
                while bytes[start] != Self.space { start -= 1 }
                let found = bytes[(start + 1)...].prefix { $0 != Self.space }
                if found.elementsEqual(word) { return true }
                if found.lexicographicallyPrecedes(word) { low = found.endIndex } else { high = start }
            }
            return false
        }
    }
}
