import Crypto
import JOSE

/// A browser in which a user has logged in before, remembered by a cookie that only this server can make. Wrong passwords
/// are counted there apart: whoever tries from elsewhere, even from the same address, cannot make the user wait in it.
///
/// It ends with the password. Who knew a former one could have made as many as they like, each with free guesses at the
/// next one.
public struct KnownDevice: Sendable, Equatable {
    /// What tells the cookie of this user from those of others in the same browser; says nothing of the name.
    public let label: String
    /// The cookie's value: 128 random bits and a MAC over them, the user and the password.
    public let value: String

    /// Seconds that browsers keep it: as long as they keep any cookie (RFC 6265bis §5.5).
    public static let lifetime = 400 * 86_400

    private static let idLength = 16

    /// A browser seen for the first time.
    init(of user: User, _ provider: OpenIDProvider) {
        let id = provider.surroundings.random(Self.idLength)
        label = Self.label(user.nameKeys.folded)
        value = Base64URL.encode(id + provider.master.mac(of: id, for: Self.purpose(user)))
    }

    /// The browser that a login of this user comes from; nil for one in which they have not logged in by this password.
    init?(of user: User, in browser: Browser, _ master: MasterKey) {
        let label = Self.label(user.nameKeys.folded)
        guard let value = browser.devices[label], let bytes = Base64URL.decode(value), bytes.count > Self.idLength
        else { return nil }
        let id = Array(bytes.prefix(Self.idLength))
        guard constantTimeEquals(Array(bytes.dropFirst(Self.idLength)), master.mac(of: id, for: Self.purpose(user)))
        else { return nil }
        self.label = label
        self.value = value
    }

    /// Whether a browser says that it knows the user of this name; nothing is proven by it.
    static func isClaimed(of folded: String, by browser: Browser) -> Bool { browser.devices[label(folded)] != nil }

    /// What its wrong passwords are counted under instead of an address: no address looks so.
    var subject: String { "device \(value)" }

    private static func label(_ folded: String) -> String {
        Base64URL.encode(Array(SHA256.hash("known device \(folded)").prefix(9)))
    }

    private static func purpose(_ user: User) -> String {
        "known device of \(user.id.text) \(PendingLogin.fingerprint(user))"
    }
}
