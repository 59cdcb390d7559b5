/// Tables of ISO/IEC 18004 for error correction level M, as printed there.
enum StandardTables {
    /// Annex E, Table E.1, versions 1 to 40.
    static let alignmentCentres = [
        [], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34],
        [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50], [6, 30, 54], [6, 32, 58], [6, 34, 62],
        [6, 26, 46, 66], [6, 26, 48, 70], [6, 26, 50, 74], [6, 30, 54, 78], [6, 30, 56, 82], [6, 30, 58, 86],
        [6, 34, 62, 90],
        [6, 28, 50, 72, 94], [6, 26, 50, 74, 98], [6, 30, 54, 78, 102], [6, 28, 54, 80, 106], [6, 32, 58, 84, 110],
        [6, 30, 58, 86, 114], [6, 34, 62, 90, 118],
        [6, 26, 50, 74, 98, 122], [6, 30, 54, 78, 102, 126], [6, 26, 52, 78, 104, 130], [6, 30, 56, 82, 108, 134],
        [6, 34, 60, 86, 112, 138], [6, 30, 58, 86, 114, 142], [6, 34, 62, 90, 118, 146],
        [6, 30, 54, 78, 102, 126, 150], [6, 24, 50, 76, 102, 128, 154], [6, 28, 54, 80, 106, 132, 158],
        [6, 32, 58, 84, 110, 136, 162], [6, 26, 54, 82, 110, 138, 166], [6, 30, 58, 86, 114, 142, 170],
    ]

    /// Table 1: all codewords, versions 1 to 40.
    static let codewords = [
        26, 44, 70, 100, 134, 172, 196, 242, 292, 346, 404, 466, 532, 581, 655, 733, 815, 901, 991, 1085, 1156, 1258,
        1364, 1474, 1588, 1706, 1828, 1921, 2051, 2185, 2323, 2465, 2611, 2761, 2876, 3034, 3196, 3362, 3532, 3706,
    ]

    /// Table 7: bytes, versions 1 to 40.
    static let byteCapacities = [
        14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624, 666, 711, 779, 857,
        911, 997, 1059, 1125, 1190, 1264, 1370, 1452, 1538, 1628, 1722, 1809, 1911, 1989, 2099, 2213, 2331,
    ]

    /// Table 9: blocks and error correction codewords of each, versions 1 to 40.
    static let blocksM = [
        (1, 10), (1, 16), (1, 26), (2, 18), (2, 24), (4, 16), (4, 18), (4, 22), (5, 22), (5, 26), (5, 30), (8, 22),
        (9, 22), (9, 24), (10, 24), (10, 28), (11, 28), (13, 26), (14, 26), (16, 26), (17, 26), (17, 28), (18, 28),
        (20, 28), (21, 28), (23, 28), (25, 28), (26, 28), (28, 28), (29, 28), (31, 28), (33, 28), (35, 28), (37, 28),
        (38, 28), (40, 28), (43, 28), (45, 28), (47, 28), (49, 28),
    ]

    /// Annex C, Table C.1: level M, masks 000 to 111.
    static let formatInformationM = [
        0b101010000010010, 0b101000100100101, 0b101111001111100, 0b101101101001011, 0b100010111111001,
        0b100000011001110, 0b100111110010111, 0b100101010100000,
    ]

    /// Annex D, Table D.1: versions 7 to 40.
    static let versionInformation = [
        0x07C94, 0x085BC, 0x09A99, 0x0A4D3, 0x0BBF6, 0x0C762, 0x0D847, 0x0E60D, 0x0F928, 0x10B78, 0x1145D, 0x12A17,
        0x13532, 0x149A6, 0x15683, 0x168C9, 0x177EC, 0x18EC4, 0x191E1, 0x1AFAB, 0x1B08E, 0x1CC1A, 0x1D33F, 0x1ED75,
        0x1F250, 0x209D5, 0x216F0, 0x228BA, 0x2379F, 0x24B0B, 0x2542E, 0x26A64, 0x27541, 0x28C69,
    ]

    /// §7.5.2: whether a block, taken as a polynomial, is 0 at α⁰, α¹ and so on, as many as it has error correction
    /// codewords.
    static func isCodeword(_ block: [UInt8], checkCount: Int) -> Bool {
        var root = 1
        for _ in 0..<checkCount {
            if block.reduce(0, { product($0, root) ^ Int($1) }) != 0 { return false }
            root = product(root, 2)
        }
        return true
    }

    /// The product in GF(2⁸) modulo 100011101, bit by bit.
    static func product(_ a: Int, _ b: Int) -> Int {
        var (sum, shifted) = (0, a)
        for bit in 0..<8 {
            if b >> bit & 1 == 1 { sum ^= shifted }
            shifted <<= 1
            if shifted & 0x100 != 0 { shifted ^= 0b1_0001_1101 }
        }
        return sum
    }
}
