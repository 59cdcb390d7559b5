import Crypto
import JOSE

/// A login whose password was right, while its second step is due. It travels through the browser, sealed, tied to the
/// browser's binding cookie, and is worth nothing after ten minutes or once the password is another one.
public struct PendingLogin: Sendable, Equatable {
    /// What the page's form carries.
    public let text: String

    /// Seconds.
    private static let patience = 600

    private static func context(_ binding: String) -> String { "second step of a login in \(binding)" }

    /// - Throws: when sealing fails.
    init(_ user: User, binding: String, at now: Instant, _ master: MasterKey) throws(OAuthError) {
        let plain = "\(now.milliseconds) \(Self.fingerprint(user)) \(user.id.text)"
        text = Base64URL.encode(try master.seal(Array(plain.utf8), context: Self.context(binding)))
    }

    /// Whose login a form carries; nil when it is over, or of another browser.
    static func user(
        of text: String, binding: String, at now: Instant, _ master: MasterKey
    ) -> (id: UserID, fingerprint: String)? {
        guard text.utf8.count <= 1024, let sealed = Base64URL.decode(text),
            let plain = master.open(sealed, context: context(binding))
        else { return nil }
        let parts = String(decoding: plain, as: UTF8.self).split(separator: " ", maxSplits: 2)
        guard parts.count == 3, let milliseconds = Int64(parts[0]),
            Instant(milliseconds: milliseconds) + patience > now
        else { return nil }
        return (UserID(String(parts[2])), String(parts[1]))
    }

    /// Another one after every change of the password.
    static func fingerprint(_ user: User) -> String {
        Base64URL.encode(Array(SHA256.hash(user.passwordHash ?? "").prefix(16)))
    }
}
