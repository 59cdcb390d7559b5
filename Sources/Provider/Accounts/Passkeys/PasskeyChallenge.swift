import Crypto
import JOSE

/// A challenge that proves itself (WebAuthn §13.4.3): the time it was made, 128 random bits, and a MAC over both, what it
/// is for and the browser's binding cookie. Nothing is stored until it is used; ``PasskeyStore/use(_:)`` then takes no
/// challenge twice.
struct PasskeyChallenge: Sendable {
    /// What it is for: a challenge of one page serves no other.
    enum Purpose: String {
        case login = "passkey login"
        /// For the user of this id.
        case registration = "passkey registration"
    }

    let bytes: [UInt8]
    /// To the millisecond.
    let madeAt: Instant

    /// Seconds that a page may lie open.
    private static let patience = 600
    private static let nonceLength = 16
    private static let timeLength = 8

    init(_ purpose: Purpose, binding: String, _ provider: OpenIDProvider, at now: Instant) {
        let time = (0..<Self.timeLength).reversed().map { UInt8(truncatingIfNeeded: now.milliseconds >> (8 * $0)) }
        let head = time + provider.surroundings.random(Self.nonceLength)
        bytes = head + provider.master.mac(of: head, for: "\(purpose.rawValue) \(binding)")
        madeAt = now
    }

    /// The challenge that a page sent back; nil when it is none of this server's for this purpose and browser, or too old.
    init?(
        presented text: String, _ purpose: Purpose, binding: String, _ provider: OpenIDProvider, at now: Instant
    ) {
        let headLength = Self.timeLength + Self.nonceLength
        guard text.utf8.count <= 128, let bytes = Base64URL.decode(text), bytes.count > headLength else { return nil }
        let head = Array(bytes[..<headLength])
        let mac = provider.master.mac(of: head, for: "\(purpose.rawValue) \(binding)")
        guard constantTimeEquals(Array(bytes[headLength...]), mac) else { return nil }
        let milliseconds = head[..<Self.timeLength].reduce(Int64(0)) { $0 << 8 | Int64($1) }
        madeAt = Instant(milliseconds: milliseconds)
        guard madeAt <= now, now < madeAt + Self.patience else { return nil }
        self.bytes = bytes
    }
}
