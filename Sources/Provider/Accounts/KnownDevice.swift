import Crypto
import JOSE

/// A browser in which a user has logged in before, remembered by a cookie that only this server can make. Wrong passwords
/// are counted there apart: whoever tries from elsewhere, even from the same address, cannot make the user wait in it.
public struct KnownDevice: Sendable, Equatable {
    /// What tells the cookie of this user from those of others in the same browser; says nothing of the name.
    public let label: String
    /// The cookie's value: 128 random bits and a MAC over them and the user's name.
    public let value: String

    /// Seconds that browsers keep it: as long as they keep any cookie (RFC 6265bis §5.5).
    public static let lifetime = 400 * 86_400

    private static let idLength = 16

    /// A browser seen for the first time.
    init(of folded: String, _ provider: OpenIDProvider) {
        let id = provider.surroundings.random(Self.idLength)
        label = Self.label(folded)
        value = Base64URL.encode(id + provider.master.mac(of: id, for: Self.purpose(folded)))
    }

    /// The browser that a login by this name comes from; nil for one that the user has not logged in before.
    init?(of folded: String, in browser: Browser, _ master: MasterKey) {
        let label = Self.label(folded)
        guard let value = browser.devices[label], let bytes = Base64URL.decode(value), bytes.count > Self.idLength
        else { return nil }
        let id = Array(bytes.prefix(Self.idLength))
        guard constantTimeEquals(Array(bytes.dropFirst(Self.idLength)), master.mac(of: id, for: Self.purpose(folded)))
        else { return nil }
        self.label = label
        self.value = value
    }

    /// What its wrong passwords are counted under instead of an address: no address looks so.
    var subject: String { "device \(value)" }

    private static func label(_ folded: String) -> String {
        Base64URL.encode(Array(SHA256.hash("known device \(folded)").prefix(9)))
    }

    private static func purpose(_ folded: String) -> String { "known device of \(folded)" }
}
