import JOSE

/// A logout request that passed every check (OpenID Connect RP-Initiated Logout §2). After this nothing is checked again.
public struct LogoutRequest: Sendable {
    /// Who asks, by its ID token or by its word alone.
    public let client: Client?
    /// The login that an ID token proves to be meant; nil without a valid hint.
    let hint: IDTokenHint?
    /// Where the browser shall go afterwards.
    public let redirect: PostLogoutRedirect?
    /// Languages the user prefers, best first (BCP 47).
    public let uiLocales: [String]
}

/// The way back to a relying party after a logout (OpenID Connect RP-Initiated Logout §3).
public struct PostLogoutRedirect: Sendable, Equatable {
    /// Registered by the client.
    public let target: VerifiedRedirect
    /// Echoed as it came.
    public let state: String?
}

extension OpenIDProvider {
    /// Reads and checks a request. `logout_hint` and what is not known are passed over: a browser has one login here, so
    /// there is nothing to choose.
    ///
    /// - Throws: `invalid_request` naming the parameter. Nothing of it may travel by redirect.
    public func logoutRequest(_ parameters: Parameters, at now: Instant) async throws(OAuthError) -> LogoutRequest {
        try parameters.refuseRepeats()
        let hint: IDTokenHint? =
            if let token = parameters["id_token_hint"] { try await idTokenHint(token) } else { nil }
        let named = parameters["client_id"].map { ClientID($0) }
        if let hint, let named, hint.clientID != named {
            throw .malformed("client_id", "is not the client that the ID token in 'id_token_hint' was made for")
        }
        let client = try await client(hint?.clientID ?? named, at: now)
        guard named == nil || client != nil else { throw .malformed("client_id", "names no client of this server") }
        return LogoutRequest(
            client: client, hint: hint,
            redirect: try Self.redirect(
                to: parameters["post_logout_redirect_uri"], state: parameters["state"], of: client),
            uiLocales: (parameters["ui_locales"] ?? "").split(separator: " ").map(String.init))
    }

    /// Where nobody says whose address it is, it is nobody's, and nobody is sent there (GHSA-36f2-fcrx-fp4j).
    private static func redirect(
        to uri: String?, state: String?, of client: Client?
    ) throws(OAuthError) -> PostLogoutRedirect? {
        guard let uri, let client else { return nil }
        guard let target = RedirectURI.verify(postLogout: uri, for: client) else {
            throw .malformed("post_logout_redirect_uri", "is not registered for this client")
        }
        return PostLogoutRedirect(target: target, state: state)
    }

    private func client(_ id: ClientID?, at now: Instant) async throws(OAuthError) -> Client? {
        guard let id else { return nil }
        return try await stores.clients.client(id, at: now)?.client
    }
}

/// A request on its way through the browser: from a POST of another site, which brings no cookies along, to where they
/// are, and through the form of the question. Sealed, since it says what an ID token has proven; it gives no more power
/// than the parameters that it was made of.
extension OpenIDProvider {
    private static var sealContext: String { "logout request" }
    /// Characters; an address must hold it.
    private static var longestSealed: Int { 8000 }

    /// What an address or a form carries.
    ///
    /// - Throws: `invalid_request` for a `state` that is too long for an address.
    public func seal(_ request: LogoutRequest) throws(OAuthError) -> String {
        var writer = JSONWriter()
        writer.object { members in
            members.member("client", ifPresent: request.client?.id.text)
            members.member("user", ifPresent: request.hint?.userID.text)
            members.member("session", ifPresent: request.hint?.sessionID?.text)
            members.member("redirect", ifPresent: request.redirect?.target.uri)
            members.member("state", ifPresent: request.redirect?.state)
            members.member("locales", request.uiLocales)
        }
        let sealed = Base64URL.encode(try master.seal(writer.bytes, context: Self.sealContext))
        guard sealed.utf8.count <= Self.longestSealed else { throw .malformed("state", "is too long") }
        return sealed
    }

    /// The request that ``seal(_:)`` was given; what its client may is asked anew.
    ///
    /// - Throws: `invalid_request` for anything else.
    public func logoutRequest(sealed text: String, at now: Instant) async throws(OAuthError) -> LogoutRequest {
        guard text.utf8.count <= Self.longestSealed, let sealed = Base64URL.decode(text),
            let plain = master.open(sealed, context: Self.sealContext), let json = try? JSON.parse(plain)
        else { throw .malformed("logout_request", "was not made by this server") }
        let client = try await client(json["client"]?.string.map { ClientID($0) }, at: now)
        return LogoutRequest(
            client: client, hint: IDTokenHint(sealed: json),
            redirect: try Self.redirect(to: json["redirect"]?.string, state: json["state"]?.string, of: client),
            uiLocales: json["locales"]?.strings ?? [])
    }
}

extension IDTokenHint {
    fileprivate init?(sealed json: JSON) {
        guard let user = json["user"]?.string else { return nil }
        userID = UserID(user)
        clientID = json["client"]?.string.map { ClientID($0) }
        sessionID = json["session"]?.string.flatMap(SessionID.init(parsing:))
    }
}
