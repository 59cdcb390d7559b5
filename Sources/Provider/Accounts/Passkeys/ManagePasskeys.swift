import JOSE
import WebAuthn

/// What a user does with their own passkeys, right after a login
/// (``OpenIDProvider/mayChangeFactors(_:at:)``).
extension OpenIDProvider {
    /// The user's passkeys, oldest first.
    public func passkeys(of user: User) async throws(OAuthError) -> [Passkey] {
        guard user.factors.passkeyCount > 0 else { return [] }
        return try await stores.passkeys.passkeys(of: user.id)
    }

    /// Asks the browser for a new passkey of this user, in no authenticator that has one. Nil where there can be none.
    public func newPasskeyQuestion(
        for user: User, having passkeys: [Passkey], browser: String, at now: Instant
    ) -> PasskeyQuestion? {
        let challenge = PasskeyChallenge(.registration, binding: "\(browser) \(user.id.text)", self, at: now)
        guard passkeys.count < Passkey.limit, let party = relyingParty,
            let registration = try? Registration(relyingParty: party, challenge: challenge.bytes),
            let owner = try? CredentialUser(
                handle: Array(user.id.text.utf8), name: user.username, displayName: user.displayName)
        else { return nil }
        return PasskeyQuestion(
            options: registration.options(for: owner, excluding: passkeys.map(\.descriptor)).description,
            challenge: Base64URL.encode(challenge.bytes))
    }

    /// Adds a passkey (WebAuthn §7.1). False when what the browser gave is not one made for this user, in this browser,
    /// in these minutes, or is there already.
    ///
    /// - Parameter name: what the user calls it, at most 64 characters of it.
    public func addPasskey(
        _ credential: String, named name: String, to user: User, challenge: String, browser: Browser, trail: Trail
    ) async throws(OAuthError) -> Bool {
        guard let party = relyingParty, let binding = browser.binding,
            let challenge = PasskeyChallenge(
                presented: challenge, .registration, binding: "\(binding) \(user.id.text)", self, at: trail.now),
            let json = try? JSON.parse(credential), let response = try? RegistrationResponse(json),
            let registration = try? Registration(relyingParty: party, challenge: challenge.bytes),
            let registered = try? registration.verify(response)
        else { return false }
        let printable = name.unicodeScalars.filter { !$0.properties.isControl }
        let words = String(String.UnicodeScalarView(printable)).prefix(64)
        let passkey = Passkey(
            id: registered.id, userID: user.id, publicKey: registered.publicKey.coseKey,
            signCount: registered.signCount, name: words.isEmpty ? "Passkey" : String(words),
            transports: registered.transports, isBackedUp: registered.isBackedUp, createdAt: trail.now)
        return try await stores.passkeys.add(
            passkey, whileHash: user.passwordHash, changed(user, "user.passkey_added", trail))
    }

    /// Takes a passkey of the user away. False when there is none of this id.
    public func removePasskey(_ id: String, of user: User, trail: Trail) async throws(OAuthError) -> Bool {
        guard let id = Base64URL.decode(id) else { return false }
        return try await stores.passkeys.remove(id, of: user.id, changed(user, "user.passkey_removed", trail))
    }
}

extension Unicode.Scalar.Properties {
    fileprivate var isControl: Bool {
        switch generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: true
        default: false
        }
    }
}
