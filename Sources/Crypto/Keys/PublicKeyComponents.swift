/// The numbers of a public key, big-endian (RFC 7518 §6.2.1, §6.3.1).
public enum PublicKeyComponents: Sendable, Hashable {
    /// Modulus and public exponent, without leading zero bytes.
    case rsa(modulus: [UInt8], exponent: [UInt8])
    /// The coordinates of a point of P-256, 32 bytes each.
    case p256(x: [UInt8], y: [UInt8])

    /// Refuses what no key of Martlet's may look like. That the point is on the curve is libcrypto's check.
    func validate() throws(KeyError) {
        switch self {
        case .rsa(let modulus, let exponent):
            guard let first = modulus.first, let last = modulus.last, first != 0, last & 1 == 1 else {
                throw .badModulus
            }
            let bits = modulus.count * 8 - first.leadingZeroBitCount
            guard (2048...4096).contains(bits) else { throw .modulusBits(bits) }
            guard let lowest = exponent.last, exponent.first != 0, lowest & 1 == 1, (3...4).contains(exponent.count),
                exponent.reduce(0, { $0 << 8 | Int($1) }) >= 65537
            else { throw .badExponent }
        case .p256(let x, let y):
            guard x.count == P256.byteCount, y.count == P256.byteCount else { throw .badPoint }
        }
    }
}
