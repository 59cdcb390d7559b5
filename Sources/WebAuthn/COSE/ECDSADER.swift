/// The DER of an ECDSA signature on P-256 (RFC 3279 §2.2.3), which authenticators write, while `Crypto` takes R and S
/// of 32 bytes each.
///
/// Strict, as libcrypto is: two positive integers as short as possible and nothing else, so that no second spelling of
/// a signature verifies. That neither is zero or beyond the order of the curve is `Crypto`'s check.
enum ECDSADER {
    /// R and S; nil when the bytes are not the DER of two positive integers of at most 256 bits.
    static func raw(_ der: [UInt8]) -> [UInt8]? {
        guard der.count >= 2, der[0] == 0x30, der[1] < 0x80, Int(der[1]) == der.count - 2 else { return nil }
        var rest = der[2...]
        guard let r = takeInteger(&rest), let s = takeInteger(&rest), rest.isEmpty else { return nil }
        return r + s
    }

    /// Takes an INTEGER off the front, padded to 32 bytes.
    private static func takeInteger(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        guard rest.popFirst() == 0x02, let length = rest.popFirst().map(Int.init), length > 0, length <= rest.count
        else { return nil }
        var number = rest.prefix(length)
        rest = rest.dropFirst(length)
        guard let first = number.first, first < 0x80 else { return nil }  // negative
        if first == 0, length > 1 {
            number = number.dropFirst()
            guard let second = number.first, second >= 0x80 else { return nil }  // longer than it need be
        }
        guard number.count <= 32 else { return nil }
        return [UInt8](repeating: 0, count: 32 - number.count) + number
    }
}
