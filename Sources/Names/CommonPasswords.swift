/// Whether a password is among the first that somebody who guesses would try. Folded text in, so that neither case nor
/// the width of a letter makes a difference.
enum CommonPasswords {
    /// Most characters of a piece whose repetition makes a password of it, whatever the piece.
    private static let longestPattern = 4
    /// Most digits behind a common password that leave it one: a year.
    private static let mostDigitsBehind = 4

    private static let entries = WordTable(CommonPasswordTable.entries)

    /// A listed password, also with the usual digits and a mark behind it or written twice; a short piece over and over;
    /// characters in a row.
    static func contain(_ folded: [UInt32]) -> Bool {
        if isListed(folded[...]) || isListed(stem(of: folded)) { return true }
        if isRun(folded) { return true }
        guard let length = period(of: folded) else { return false }
        return length <= longestPattern || isListed(folded[..<length]) || isListed(stem(of: Array(folded[..<length])))
    }

    /// The list has printable ASCII only.
    private static func isListed(_ scalars: ArraySlice<UInt32>) -> Bool {
        guard !scalars.isEmpty, scalars.allSatisfy({ (0x21...0x7E).contains($0) }) else { return false }
        return entries.contains(scalars.map { UInt8(truncatingIfNeeded: $0) })
    }

    /// Without one mark at the end and then a few digits, or as many as count up: `password2026!`, `dragon123456`.
    private static func stem(of scalars: [UInt32]) -> ArraySlice<UInt32> {
        var stem = scalars[...]
        if let last = stem.last, isMark(last) { stem.removeLast() }
        let digits = stem.suffix(while: isDigit)
        guard digits.count <= mostDigitsBehind || isRun(Array(digits)) else { return stem }
        return stem.dropLast(digits.count)
    }

    /// Whether each character follows the one before it by the same step of one or none: `abcdefgh`, `98765`, `0000`;
    /// `0` comes after `9`.
    private static func isRun(_ scalars: [UInt32]) -> Bool {
        guard scalars.count > longestPattern else { return false }
        return [Int64(-1), 0, 1].contains { step in
            zip(scalars, scalars.dropFirst()).allSatisfy { former, next in
                if isDigit(former), isDigit(next) { return (Int64(next) - Int64(former) - step) % 10 == 0 }
                return Int64(next) - Int64(former) == step
            }
        }
    }

    /// The length of the shortest piece that makes up the whole by being repeated, the last time perhaps in part; nil for
    /// what does not repeat itself. (The failure function of Knuth, Morris and Pratt says how much of the beginning
    /// stands at the end once more.)
    private static func period(of scalars: [UInt32]) -> Int? {
        var overlaps = [Int](repeating: 0, count: scalars.count)
        for index in scalars.indices.dropFirst() {
            var overlap = overlaps[index - 1]
            while overlap > 0, scalars[index] != scalars[overlap] { overlap = overlaps[overlap - 1] }
            overlaps[index] = scalars[index] == scalars[overlap] ? overlap + 1 : 0
        }
        guard let overlap = overlaps.last, overlap * 2 >= scalars.count else { return nil }
        return scalars.count - overlap
    }

    private static func isDigit(_ scalar: UInt32) -> Bool { (0x30...0x39).contains(scalar) }

    /// Printable ASCII that is neither letter nor digit.
    private static func isMark(_ scalar: UInt32) -> Bool {
        (0x21...0x7E).contains(scalar) && !isDigit(scalar) && !(0x61...0x7A).contains(scalar)
            && !(0x41...0x5A).contains(scalar)
    }
}

extension ArraySlice {
    /// The longest end of which all elements are such.
    fileprivate func suffix(while condition: (Element) -> Bool) -> ArraySlice {
        let start = lastIndex { !condition($0) }.map { $0 + 1 } ?? startIndex
        return self[start...]
    }
}
