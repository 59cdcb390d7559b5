/// One of the 40 sizes of a symbol (§6.3.2), with what follows from it at error correction level M.
struct SymbolVersion: Hashable {
    /// 1 to 40.
    let number: Int

    /// From the smallest to the largest.
    static let all = (1...40).map(SymbolVersion.init(number:))

    /// The first version with room for so many bytes in byte mode.
    static func smallest(holding byteCount: Int) -> SymbolVersion? {
        all.first { $0.byteCapacity >= byteCount }
    }

    /// Modules a side.
    var size: Int { 17 + 4 * number }

    /// Whether the symbol says which version it is (§7.10).
    var hasVersionInformation: Bool { number >= 7 }
}

/// Where alignment patterns are (§6.3.6, Annex E).
extension SymbolVersion {
    /// The rows and columns that have centres of alignment patterns: none in version 1, else from the timing pattern to
    /// the seventh module from the edge.
    ///
    /// Annex E gives a table. Its rule: all gaps are equal and even but the first, which takes what is left. An equal
    /// gap is twice the mean half gap, rounded up from a quarter on.
    var alignmentCentres: [Int] {
        guard number > 1 else { return [] }
        let gaps = number / 7 + 1
        let (first, last) = (6, size - 7)
        let gap = 2 * ((2 * (last - first) + 3 * gaps) / (4 * gaps))
        return [first] + (0..<gaps).reversed().map { last - $0 * gap }
    }
}

/// How many codewords there are, and for what (§7.5.1, Table 9).
extension SymbolVersion {
    /// Modules that belong to no function pattern and to neither format nor version information (Table 1). What is left
    /// of them after whole codewords stays empty.
    var dataModuleCount: Int {
        let finders = 3 * 8 * 8
        let timing = 2 * (size - 2 * 8)
        let format = 2 * 15 + 1
        let versionInformation = hasVersionInformation ? 2 * 18 : 0
        return size * size - finders - timing - format - versionInformation - alignmentModuleCount
    }

    /// Three corners of the lattice of centres belong to finders; the patterns on the timing pattern share 5 modules.
    private var alignmentModuleCount: Int {
        let lines = alignmentCentres.count
        return lines == 0 ? 0 : 25 * (lines * lines - 3) - 2 * 5 * (lines - 2)
    }

    /// All codewords, of data and of error correction.
    var codewordCount: Int { dataModuleCount / 8 }

    /// Codewords that carry data.
    var dataCodewordCount: Int { codewordCount - blockCount * checkCodewordsPerBlock }

    /// Blocks that are corrected each by itself, at level M.
    var blockCount: Int { Self.blockCounts[number - 1] }

    /// Error correction codewords of each block, at level M.
    var checkCodewordsPerBlock: Int { Self.checkCodewords[number - 1] }

    /// Table 9, level M, versions 1 to 40.
    private static let blockCounts = [
        1, 1, 1, 2, 2, 4, 4, 4, 5, 5,
        5, 8, 9, 9, 10, 10, 11, 13, 14, 16,
        17, 17, 18, 20, 21, 23, 25, 26, 28, 29,
        31, 33, 35, 37, 38, 40, 43, 45, 47, 49,
    ]

    /// Table 9, level M, versions 1 to 40.
    private static let checkCodewords = [
        10, 16, 26, 18, 24, 16, 18, 22, 22, 26,
        30, 22, 22, 24, 24, 28, 28, 26, 26, 26,
        26, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
    ]
}
