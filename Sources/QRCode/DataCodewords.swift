/// From bytes to data codewords (§7.4).
extension SymbolVersion {
    /// Bytes of the character count indicator in byte mode (Table 3).
    private var countByteCount: Int { number < 10 ? 1 : 2 }

    /// How many bytes the version holds: all data codewords but the count and two halves, the mode indicator and the
    /// terminator (Table 7).
    var byteCapacity: Int { dataCodewordCount - countByteCount - 1 }

    /// The data codewords of at most ``byteCapacity`` bytes.
    ///
    /// In byte mode everything after the indicator of 4 bits is whole bytes, so each codeword is half of one and half of
    /// the next, and the terminator of 4 zero bits (§7.4.9) completes the last: it is never cut short.
    func dataCodewords(of bytes: [UInt8]) -> [UInt8] {
        let count = (0..<countByteCount).reversed().map { UInt8(truncatingIfNeeded: bytes.count >> (8 * $0)) }
        var codewords: [UInt8] = []
        codewords.reserveCapacity(dataCodewordCount)
        var half = Self.byteModeIndicator
        for byte in count + bytes {
            codewords.append(half << 4 | byte >> 4)
            half = byte & 0b1111
        }
        codewords.append(half << 4)
        for index in 0..<max(0, dataCodewordCount - codewords.count) {
            codewords.append(Self.padCodewords[index % 2])
        }
        return codewords
    }

    /// Table 2.
    private static let byteModeIndicator: UInt8 = 0b0100

    /// What fills the rest, in turn (§7.4.10).
    private static let padCodewords: [UInt8] = [0b1110_1100, 0b0001_0001]
}
