/// The rule for challenges (Level 2 §13.4.3): random bytes of this server's, for one ceremony of one browser. Making
/// them, keeping them and using each once is the caller's.
enum Challenge {
    static let shortest = 16

    static func check(_ challenge: [UInt8]) throws(WebAuthnError) {
        guard challenge.count >= shortest else { throw .challengeTooShort }
    }
}
