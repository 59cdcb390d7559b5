import JOSE
import WebAuthn

/// What a page needs to ask the browser for a passkey, or for a new one.
public struct PasskeyQuestion: Sendable, Equatable {
    /// For the page's script: the options of `navigator.credentials` as JSON.
    public let options: String
    /// For the form, to come back with the answer.
    public let challenge: String
}

extension OpenIDProvider {
    /// This server as browsers know it; nil where its host is an address, for which browsers make no passkeys (WebAuthn
    /// §5.1.3 wants a domain).
    var relyingParty: RelyingParty? {
        guard let parts = URIParts(settings.issuer), let authority = parts.authority, let host = parts.host,
            !host.hasPrefix("["), !host.utf8.allSatisfy({ ASCII.isDigit($0) || $0 == UInt8(ascii: ".") })
        else { return nil }
        return RelyingParty(id: String(host), name: String(host), origin: "\(parts.scheme)://\(authority)")
    }

    /// Asks for a passkey, whosever it is: it says itself. Nil where there can be none.
    public func passkeyQuestion(for browser: String, at now: Instant) -> PasskeyQuestion? {
        let challenge = PasskeyChallenge(.login, binding: browser, self, at: now)
        guard let party = relyingParty,
            let question = try? Authentication(relyingParty: party, challenge: challenge.bytes)
        else { return nil }
        return PasskeyQuestion(
            options: question.options().description, challenge: Base64URL.encode(challenge.bytes))
    }

    /// Logs a user in by passkey (WebAuthn §7.2). Both factors at once: the device, and what it took to unlock it.
    ///
    /// - Parameters:
    ///   - credential: what the browser gave, as JSON.
    ///   - challenge: what the form brought back.
    public func logIn(
        passkey credential: String, challenge: String, browser: Browser, trail: Trail
    ) async throws(LoginRefusal) -> LoggedIn {
        guard let party = relyingParty, let binding = browser.binding,
            let challenge = PasskeyChallenge(presented: challenge, .login, binding: binding, self, at: trail.now)
        else { throw .pendingIsOver }
        guard let json = try? JSON.parse(credential), let response = try? AuthenticationResponse(json),
            let question = try? Authentication(relyingParty: party, challenge: challenge.bytes)
        else { throw .wrongPasskey }
        let found: (passkey: Passkey, user: User)?
        do { found = try await stores.passkeys.passkey(response.credentialID) } catch { throw .failed(error) }
        // Of what is nobody's no row tells: strangers could have written as many as they like.
        guard let (passkey, user) = found else { throw .wrongPasskey }
        let (account, address) = (user.id.text, trail.network)
        try await factorThrottle.admit(
            account: account, address: address, at: surroundings.now, or: LoginRefusal.self)
        do {
            let isProven = try await prove(passkey, of: user, response, question, challenge.madeAt, trail.now)
            if isProven, let loggedIn = try await openSession(for: user, by: .passkey, browser, trail) {
                factorThrottle.forgive(account: account, address: address)
                return loggedIn
            }
            try await stores.events.append(Record(trail, events: [.loginFailed(user.id)]))
        } catch {
            factorThrottle.withdraw(account: account, address: address)
            throw .failed(error)
        }
        factorThrottle.confirm(account: account, address: address, at: surroundings.now())
        throw .wrongPasskey
    }

    /// Whether the answer of a passkey is right and new.
    private func prove(
        _ passkey: Passkey, of user: User, _ response: AuthenticationResponse, _ question: Authentication,
        _ askedAt: Instant, _ now: Instant
    ) async throws(OAuthError) -> Bool {
        guard let key = try? CredentialPublicKey(coseKey: passkey.publicKey) else { return false }
        let stored = StoredCredential(
            id: passkey.id, publicKey: key, signCount: passkey.signCount, userHandle: Array(user.id.text.utf8))
        // A counter that went back is refused like a wrong signature: the key may have been copied (§7.2 step 21).
        guard let proof = try? question.verify(response, with: stored) else { return false }
        return try await stores.passkeys.use(
            PasskeyUse(
                id: passkey.id, signCount: proof.signCount, isBackedUp: proof.isBackedUp, challengeAt: askedAt,
                now: now))
    }
}
