/// Five bits a character, for secrets that people type (RFC 4648 §6). Without padding, which says nothing that the length
/// does not; strict, so that each byte string has exactly one text.
struct Base32: Sendable {
    /// The alphabet of RFC 4648: what authenticators read.
    static let standard = Base32("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")

    /// Crockford's alphabet: digits and capitals without `I`, `L`, `O`, which look like digits, and without `U`.
    static let crockford = Base32("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

    private let alphabet: [UInt8]
    /// The value of each byte; nil outside the alphabet.
    private let values: [UInt8?]

    private init(_ alphabet: StaticString) {
        self.alphabet = Array("\(alphabet)".utf8)
        var values = [UInt8?](repeating: nil, count: 256)
        for (value, character) in self.alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        self.values = values
    }

    /// The text of `bytes`.
    func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 8 + 4) / 5)
        var (bits, bitCount) = (0, 0)
        for byte in bytes {
            bits = bits << 8 | Int(byte)
            bitCount += 8
            while bitCount >= 5 {
                bitCount -= 5
                text.append(alphabet[bits >> bitCount & 31])
            }
            bits &= 1 << bitCount - 1
        }
        if bitCount > 0 { text.append(alphabet[bits << (5 - bitCount) & 31]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of `text`; nil when it is not exactly what ``encode(_:)`` gives for some bytes.
    func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var (bits, bitCount) = (0, 0)
        for character in text.utf8 {
            guard let value = values[Int(character)] else { return nil }
            bits = bits << 5 | Int(value)
            bitCount += 5
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> bitCount))
            }
            bits &= 1 << bitCount - 1
        }
        // What is left must be less than a character and say nothing (RFC 4648 §3.5).
        return bitCount < 5 && bits == 0 ? bytes : nil
    }
}

extension String {
    /// Its characters in groups of four, for eyes and fingers.
    func grouped(by separator: String) -> String {
        let characters = Array(self)
        return stride(from: 0, to: characters.count, by: 4)
            .map { String(characters[$0..<min($0 + 4, characters.count)]) }
            .joined(separator: separator)
    }
}
