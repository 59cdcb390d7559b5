import Crypto

/// A code on paper that stands in for a lost authenticator, once: `XXXX-XXXX-XXXX-XXXX`.
///
/// It never prints itself.
public struct RecoveryCode: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// How many a person gets at a time.
    public static let setCount = 10

    /// 80 bits, which make 16 characters and leave none over.
    private static let byteCount = 10

    /// In Crockford's alphabet, nothing between them.
    private let characters: String

    private init(random: (Int) -> [UInt8]) {
        characters = Base32.crockford.encode(random(Self.byteCount))
    }

    /// New codes from a source of that many unpredictable bytes, such as ``Surroundings/random``.
    public static func newSet(random: (Int) -> [UInt8]) -> [RecoveryCode] {
        (0..<setCount).map { _ in RecoveryCode(random: random) }
    }

    /// A code as a person typed it, which need not be right; nil when it cannot be one.
    ///
    /// Case does not matter, nor do white space and dashes of any kind, wherever they stand. What is easily mistaken is
    /// read as what it must be: the letter O as zero, I and L as one.
    public init?(typed text: String) {
        guard text.utf8.count <= 128 else { return nil }
        let characters = text.unicodeScalars.filter { !Self.isSeparator($0) }.map { scalar in
            switch UInt8(exactly: scalar.value) ?? 0 {
            case UInt8(ascii: "O"), UInt8(ascii: "o"): UInt8(ascii: "0")
            case UInt8(ascii: "I"), UInt8(ascii: "i"), UInt8(ascii: "L"), UInt8(ascii: "l"): UInt8(ascii: "1")
            case let byte where ASCII.isLetter(byte): byte & ~0x20
            case let byte: byte
            }
        }
        let canonical = String(decoding: characters, as: UTF8.self)
        guard Base32.crockford.decode(canonical)?.count == Self.byteCount else { return nil }
        self.characters = canonical
    }

    /// The code for its owner to keep.
    public var text: String { characters.grouped(by: "-") }

    /// What the store keeps: SHA-256 of whose it is and what it is.
    ///
    /// Nobody chose the code, so nobody guesses its 80 bits, and the fast hash will do. The owner is in it so that a
    /// guess can be looked up among one person's codes in a stolen table, not among everybody's.
    public func hash(of owner: UserID) -> [UInt8] {
        SHA256.hash("\(owner.text) \(characters)")
    }

    /// White space, dashes and hyphens, the mathematical minus and the invisible soft hyphen.
    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || scalar.properties.generalCategory == .dashPunctuation
            || scalar == "\u{2212}" || scalar == "\u{AD}"
    }

    /// Says what it is, never which.
    public var description: String { "RecoveryCode(80 bits)" }

    /// Says what it is, never which.
    public var debugDescription: String { description }

    /// Shows nothing to `dump`.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
