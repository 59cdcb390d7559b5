/// HKDF with SHA-256 (RFC 5869): many keys from one.
public enum HKDF {
    /// §2.2: a pseudorandom key of 32 bytes from input material and a salt that may be empty.
    public static func extract(inputKeyMaterial: [UInt8], salt: [UInt8] = []) -> [UInt8] {
        let salt = salt.isEmpty ? [UInt8](repeating: 0, count: HMACSHA256.byteCount) : salt
        return HMACSHA256.code(for: [inputKeyMaterial], key: salt)
    }

    /// §2.3: `byteCount` bytes (at most 255 × 32) from a pseudorandom key; different `info` gives independent bytes.
    public static func expand(pseudorandomKey: [UInt8], info: [UInt8], byteCount: Int) -> [UInt8] {
        precondition((0...255 * HMACSHA256.byteCount).contains(byteCount), "RFC 5869 §2.3: L <= 255*HashLen")
        var output: [UInt8] = []
        var block: [UInt8] = []
        var counter: UInt8 = 0
        while output.count < byteCount {
            counter += 1
            block = HMACSHA256.code(for: [block, info, [counter]], key: pseudorandomKey)
            output += block
        }
        return Array(output.prefix(byteCount))
    }
}
