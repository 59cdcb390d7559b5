/// An ECDSA signature on P-256 in its two forms: R and S of 32 bytes each (RFC 7518 §3.4), which JOSE carries, and the
/// DER of RFC 3279 §2.2.3, which libcrypto speaks.
enum ECDSASignature {
    /// Length of R and S together in bytes.
    static let byteCount = 2 * P256.byteCount

    /// The longest DER: SEQUENCE header, and twice INTEGER header, sign byte, 32 bytes.
    static let longestDER = 2 + 2 * (2 + 1 + P256.byteCount)

    /// DER of a raw signature; nil unless there are 64 bytes and both R and S are from 1 to n - 1 (CVE-2022-21449:
    /// zeros would verify under a careless implementation).
    static func der(raw: [UInt8]) -> [UInt8]? {
        guard raw.count == byteCount else { return nil }
        let r = raw[..<P256.byteCount]
        let s = raw[P256.byteCount...]
        guard P256.isScalar(r), P256.isScalar(s) else { return nil }
        var der: [UInt8] = [0x30, 0]
        der.reserveCapacity(longestDER)
        appendInteger(r, to: &der)
        appendInteger(s, to: &der)
        der[1] = UInt8(der.count - 2)
        return der
    }

    /// Raw form of the DER that libcrypto just wrote; nil when it is not that.
    static func raw(der: [UInt8]) -> [UInt8]? {
        guard der.count >= 2, der[0] == 0x30, Int(der[1]) == der.count - 2 else { return nil }
        var raw: [UInt8] = []
        raw.reserveCapacity(byteCount)
        var position = 2
        for _ in 0..<2 {
            guard position + 2 <= der.count, der[position] == 0x02 else { return nil }
            let start = position + 2
            let end = start + Int(der[position + 1])
            guard end <= der.count, start < end, der[start] & 0x80 == 0 else { return nil }
            let magnitude = der[start..<end].drop { $0 == 0 }
            guard magnitude.count <= P256.byteCount else { return nil }
            for _ in magnitude.count..<P256.byteCount { raw.append(0) }
            raw += magnitude
            position = end
        }
        return position == der.count ? raw : nil
    }

    /// INTEGER of a positive number: as short as possible, a zero byte before a set sign bit.
    private static func appendInteger(_ number: ArraySlice<UInt8>, to der: inout [UInt8]) {
        let magnitude = number.drop { $0 == 0 }
        let signByte = (magnitude.first ?? 0) & 0x80 == 0 ? 0 : 1
        der.append(0x02)
        der.append(UInt8(magnitude.count + signByte))
        if signByte == 1 { der.append(0) }
        der += magnitude
    }
}
