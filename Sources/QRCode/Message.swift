/// From data codewords to the message that is placed in the symbol (§7.5.2, §7.6).
extension SymbolVersion {
    /// The data in blocks, each with its error correction codewords, interleaved: the first codeword of each block, then
    /// the second of each, and so on, so that a stain hits many blocks a little instead of one beyond repair.
    func message(of data: [UInt8]) -> [UInt8] {
        let blocks = blocks(of: data)
        let code = ReedSolomon(checkCount: checkCodewordsPerBlock)
        return Self.interleaved(blocks) + Self.interleaved(blocks.map { code.checkCodewords(of: $0)[...] })
    }

    /// ``blockCount`` blocks of equal length; when the data does not divide evenly, the last ones are longer by one.
    private func blocks(of data: [UInt8]) -> [ArraySlice<UInt8>] {
        let (shortLength, longCount) = data.count.quotientAndRemainder(dividingBy: blockCount)
        var rest = data[...]
        return (0..<blockCount).map { index in
            let length = index < blockCount - longCount ? shortLength : shortLength + 1
            defer { rest = rest.dropFirst(length) }
            return rest.prefix(length)
        }
    }

    private static func interleaved(_ blocks: [ArraySlice<UInt8>]) -> [UInt8] {
        let longest = blocks.map(\.count).max() ?? 0
        return (0..<longest).flatMap { position in
            blocks.compactMap { position < $0.count ? $0[$0.startIndex + position] : nil }
        }
    }
}
