/// What a person copies from the device's screen into the browser (RFC 8628 §6.1): 8 letters of an alphabet of 20 that
/// has no vowels, so that no words appear, and nothing that looks like something else.
///
/// 20^8 codes are 34.6 bits. Wrong ones are slowed down for each user and each address (``GuessThrottle/Policy/userCodes``):
/// within the ten minutes that a code lives a user has at most 28 tries and an address at most 33, so a given code is
/// guessed with a probability of at most 33 / 20^8 = 1.3 · 10^-9 (2^-29.5). Who guesses must be signed in, and gains no more
/// than that somebody's device works on the guesser's own account.
public struct UserCode: Sendable, Hashable {
    /// The 8 letters, without the dash.
    public let letters: String

    private static let alphabet = Array("BCDFGHJKLMNPQRSTVWXZ".utf8)
    private static let length = 8

    /// A fresh code.
    ///
    /// - Parameter random: gives that many random bytes.
    init(random: (Int) -> [UInt8]) {
        var letters: [UInt8] = []
        // The largest multiple of 20 below 256: what is above it would make some letters likelier than others.
        let fair = 256 / Self.alphabet.count * Self.alphabet.count
        while letters.count < Self.length {
            for byte in random(Self.length) where Int(byte) < fair && letters.count < Self.length {
                letters.append(Self.alphabet[Int(byte) % Self.alphabet.count])
            }
        }
        self.letters = String(decoding: letters, as: UTF8.self)
    }

    /// A code as somebody typed it: any case, with spaces and dashes anywhere. Nil for what no device ever shows.
    public init?(typed text: String) {
        guard text.utf8.count <= 64 else { return nil }
        var letters: [UInt8] = []
        for scalar in text.unicodeScalars where !Self.isSeparator(scalar) {
            guard let byte = UInt8(exactly: scalar.value) else { return nil }
            let upper = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? byte & 0xDF : byte
            guard Self.alphabet.contains(upper), letters.count < Self.length else { return nil }
            letters.append(upper)
        }
        guard letters.count == Self.length else { return nil }
        self.letters = String(decoding: letters, as: UTF8.self)
    }

    /// `XXXX-XXXX`: how devices and pages show it.
    public var display: String { "\(letters.prefix(4))-\(letters.suffix(4))" }

    /// White space and every dash that a phone's keyboard may put for `-`.
    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || scalar.properties.generalCategory == .dashPunctuation || scalar == "\u{2212}"
    }
}

extension GuessThrottle.Policy {
    /// For user codes: five free wrong ones of a user and ten of an address, then growing waits of up to 30 seconds.
    public static var userCodes: GuessThrottle.Policy {
        var policy = GuessThrottle.Policy()
        policy.freePerAddress = 10
        return policy
    }
}
