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
        do {
            let claimant = try await claimant(response, question, challenge.madeAt, trail.now)
            if let user = claimant.user, claimant.isProven,
                let loggedIn = try await openSession(for: user, by: .passkey, browser, trail)
            {
                return loggedIn
            }
            try await stores.events.append(Record(trail, events: [.loginFailed(claimant.user?.id)]))
        } catch {
            throw .failed(error)
        }
        throw .wrongPasskey
    }

    /// Whose passkey answered, and whether its answer is right and new.
    private func claimant(
        _ response: AuthenticationResponse, _ question: Authentication, _ askedAt: Instant, _ now: Instant
    ) async throws(OAuthError) -> (user: User?, isProven: Bool) {
        guard let (passkey, user) = try await stores.passkeys.passkey(response.credentialID) else {
            return (nil, false)
        }
        guard let key = try? CredentialPublicKey(coseKey: passkey.publicKey) else { return (user, false) }
        let stored = StoredCredential(
            id: passkey.id, publicKey: key, signCount: passkey.signCount, userHandle: Array(user.id.text.utf8))
        // A counter that went back is refused like a wrong signature: the key may have been copied (§7.2 step 21).
        guard let proof = try? question.verify(response, with: stored) else { return (user, false) }
        let use = PasskeyUse(
            id: passkey.id, signCount: proof.signCount, isBackedUp: proof.isBackedUp, challengeAt: askedAt, now: now)
        return (user, try await stores.passkeys.use(use))
    }
}
