/// What a symbol says of itself: error correction level, mask and version, each twice and each protected by a code of
/// Bose, Chaudhuri and Hocquenghem (§7.9, §7.10).
extension ModuleGrid {
    /// §7.9.1: 15 bits around the upper left finder, and once more beside the two others.
    mutating func drawFormatInformation(of mask: DataMask) {
        let bits = mask.formatInformation
        for index in 0..<15 {
            let isDark = bits >> index & 1 == 1
            // Row and column 6 are left out: they are the timing patterns'.
            switch index {
            case 0..<6: draw(isDark, x: 8, y: index)
            case 6, 7: draw(isDark, x: 8, y: index + 1)
            case 8: draw(isDark, x: 7, y: 8)
            default: draw(isDark, x: 14 - index, y: 8)
            }
            if index < 8 {
                draw(isDark, x: size - 1 - index, y: 8)
            } else {
                draw(isDark, x: 8, y: size - 15 + index)
            }
        }
        // §7.9.1: this one is dark in every symbol and belongs to no information.
        draw(true, x: 8, y: size - 8)
    }

    /// §7.10: 18 bits in a block of 3 × 6 beside the lower left and the upper right finder.
    mutating func drawVersionInformation(of version: SymbolVersion) {
        let bits = version.versionInformation
        for index in 0..<18 {
            let isDark = bits >> index & 1 == 1
            let (long, short) = (index / 3, size - 11 + index % 3)
            draw(isDark, x: long, y: short)
            draw(isDark, x: short, y: long)
        }
    }
}

extension DataMask {
    /// §7.9, Annex C: 2 bits for the level, where 00 is M, 3 for the mask and 10 for their protection, under a mask of
    /// their own so that they are never all zero.
    var formatInformation: Int {
        BCHCode.word(data: 0b00 << 3 | reference, checkBits: 10, generator: 0b101_0011_0111) ^ 0b101_0100_0001_0010
    }
}

extension SymbolVersion {
    /// §7.10, Annex D: 6 bits for the version and 12 for their protection.
    var versionInformation: Int {
        BCHCode.word(data: number, checkBits: 12, generator: 0b1_1111_0010_0101)
    }
}

/// Binary codes by division of polynomials (Annexes C and D).
private enum BCHCode {
    /// The data, followed by the remainder of the data times x to the number of check bits by the generator polynomial.
    static func word(data: Int, checkBits: Int, generator: Int) -> Int {
        var remainder = data << checkBits
        while remainder >> checkBits != 0 {
            let excess = generator.leadingZeroBitCount - remainder.leadingZeroBitCount
            remainder ^= generator << excess
        }
        return data << checkBits | remainder
    }
}
