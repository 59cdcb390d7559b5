/// Unicode normalization forms (UAX 15) over scalar values.
enum Normalization {
    private static let canonical = SequenceTable(NormalizationTables.canonical)
    private static let compatibility = SequenceTable(NormalizationTables.compatibility)
    private static let compositions = RecordTable(NormalizationTables.compositions, width: 15)
    private static let combiningClasses = RecordTable(NormalizationTables.combiningClasses, width: 12)

    /// Normalization Form C.
    static func nfc(_ scalars: [UInt32]) -> [UInt32] { composed(nfd(scalars)) }

    /// Normalization Form KC.
    static func nfkc(_ scalars: [UInt32]) -> [UInt32] { composed(nfkd(scalars)) }

    /// Normalization Form D.
    static func nfd(_ scalars: [UInt32]) -> [UInt32] { decomposed(scalars) { canonical[$0] } }

    /// Normalization Form KD.
    static func nfkd(_ scalars: [UInt32]) -> [UInt32] { decomposed(scalars) { compatibility[$0] ?? canonical[$0] } }

    /// Canonical_Combining_Class.
    static func combiningClass(of scalar: UInt32) -> UInt32 {
        guard let record = combiningClasses.record(around: scalar) else { return 0 }
        return combiningClasses.number(in: record, at: 10, digits: 2)
    }

    private static func decomposed(_ scalars: [UInt32], by table: (UInt32) -> [UInt32]?) -> [UInt32] {
        guard scalars.contains(where: { $0 > 0x7F }) else { return scalars }
        var result: [UInt32] = []
        result.reserveCapacity(scalars.count)
        for scalar in scalars {
            if scalar < 0x80 {
                result.append(scalar)
            } else if let jamo = Hangul.decomposition(of: scalar) {
                result += jamo
            } else {
                result += table(scalar) ?? [scalar]
            }
        }
        return ordered(result)
    }

    /// The Canonical Ordering Algorithm (Unicode §3.11, D109): each run of combining characters sorted by class.
    private static func ordered(_ scalars: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(scalars.count)
        var run: [(scalar: UInt32, combiningClass: UInt32)] = []
        for scalar in scalars {
            let combiningClass = combiningClass(of: scalar)
            if combiningClass == 0 {
                result += inOrder(run)
                run.removeAll(keepingCapacity: true)
                result.append(scalar)
            } else {
                run.append((scalar, combiningClass))
            }
        }
        return result + inOrder(run)
    }

    /// The order of marks of equal class matters, so the sort must be stable.
    private static func inOrder(_ run: [(scalar: UInt32, combiningClass: UInt32)]) -> [UInt32] {
        guard run.count > 1 else { return run.map(\.scalar) }
        return run.enumerated().sorted {
            ($0.element.combiningClass, $0.offset) < ($1.element.combiningClass, $1.offset)
        }.map(\.element.scalar)
    }

    /// The Canonical Composition Algorithm (Unicode §3.11, D117).
    private static func composed(_ scalars: [UInt32]) -> [UInt32] {
        guard scalars.contains(where: { $0 > 0x7F }) else { return scalars }
        var result: [UInt32] = []
        result.reserveCapacity(scalars.count)
        var starter: Int?
        var lastClass: UInt32 = 0
        for scalar in scalars {
            let combiningClass = combiningClass(of: scalar)
            if let index = starter {
                let isAdjacent = index == result.count - 1
                let isBlocked = !isAdjacent && (lastClass == 0 || lastClass >= combiningClass)
                if !isBlocked, let composite = composite(of: result[index], scalar) {
                    result[index] = composite
                    continue
                }
            }
            result.append(scalar)
            lastClass = combiningClass
            if combiningClass == 0 { starter = result.count - 1 }
        }
        return result
    }

    /// The primary composite of two characters, if there is one.
    private static func composite(of first: UInt32, _ second: UInt32) -> UInt32? {
        if let syllable = Hangul.composition(of: first, second) { return syllable }
        let pair = UInt64(first) << 20 | UInt64(second)
        guard let record = compositions.lastRecord(upTo: pair, digits: 10),
            compositions.number(in: record, at: 0, digits: 5) == first,
            compositions.number(in: record, at: 5, digits: 5) == second
        else { return nil }
        return compositions.number(in: record, at: 10, digits: 5)
    }
}

/// Hangul syllables compose by arithmetic (Unicode §3.12).
private enum Hangul {
    private static let syllables: UInt32 = 0xAC00
    private static let leading: UInt32 = 0x1100
    private static let vowel: UInt32 = 0x1161
    private static let trailing: UInt32 = 0x11A7
    private static let leadingCount: UInt32 = 19
    private static let vowelCount: UInt32 = 21
    private static let trailingCount: UInt32 = 28
    private static let syllableCount = leadingCount * vowelCount * trailingCount

    static func decomposition(of scalar: UInt32) -> [UInt32]? {
        guard scalar >= syllables, scalar < syllables + syllableCount else { return nil }
        let index = scalar - syllables
        let jamo = [
            leading + index / (vowelCount * trailingCount),
            vowel + index % (vowelCount * trailingCount) / trailingCount,
        ]
        return index % trailingCount == 0 ? jamo : jamo + [trailing + index % trailingCount]
    }

    static func composition(of first: UInt32, _ second: UInt32) -> UInt32? {
        if (leading..<leading + leadingCount).contains(first), (vowel..<vowel + vowelCount).contains(second) {
            return syllables + ((first - leading) * vowelCount + second - vowel) * trailingCount
        }
        let isOpen =
            (syllables..<syllables + syllableCount).contains(first) && (first - syllables) % trailingCount == 0
        guard isOpen, (trailing + 1..<trailing + trailingCount).contains(second) else { return nil }
        return first + second - trailing
    }
}
