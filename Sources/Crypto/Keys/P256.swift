/// Constants of the curve P-256 (FIPS 186-5; SEC 2 §2.4.2).
enum P256 {
    /// Length of a coordinate and of a scalar in bytes.
    static let byteCount = 32

    /// The order n of the base point, big-endian.
    static let order: [UInt8] = [
        0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
    ]

    /// Whether a scalar, 32 bytes big-endian, is from 1 to n - 1.
    static func isScalar(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.count == byteCount && bytes.contains { $0 != 0 } && bytes.lexicographicallyPrecedes(order)
    }
}
