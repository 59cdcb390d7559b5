import Crypto
import JOSE

/// The authorization endpoint (RFC 6749 §3.1): from parameters to the next thing the browser gets.
extension OpenIDProvider {
    /// A request as it arrives by GET. A user who is logged in and has consented is answered at once; otherwise the
    /// request is parked.
    public func authorize(_ parameters: Parameters, browser: Browser, trail: Trail) async -> AuthorizationStep {
        await outcome { () async throws(AuthorizationRefusal) in
            // Nobody waits for one of these reads to ask for the other.
            async let visit = self.visit(browser, to: parameters["client_id"], at: trail.now)
            let request = try await self.request(parameters, at: trail.now)
            let waiting = WaitingRequest(request, parameters: parameters, startedAt: trail.now, handle: nil)
            return try await self.advance(waiting, Decision(), browser, await visit, trail)
        }
    }

    private func visit(
        _ browser: Browser, to client: String?, at now: Instant
    ) async -> Result<Visit?, OAuthError> {
        guard let cookie = browser.session, let client else { return .success(nil) }
        do {
            return .success(try await stores.sessions.visit(cookie, to: ClientID(client), at: now))
        } catch {
            return .failure(error)
        }
    }

    /// A request as it arrives by POST, perhaps from another site and so without cookies: it is parked, and the browser
    /// follows a redirect to where the cookies are.
    ///
    /// - Returns: the handle to resume by, or the refusal.
    public func park(_ parameters: Parameters, trail: Trail) async -> Result<OpaqueToken, AuthorizationRefusal> {
        do {
            let request = try await request(parameters, at: trail.now)
            let waiting = WaitingRequest(request, parameters: parameters, startedAt: trail.now, handle: nil)
            return .success(try await park(waiting, browserHash: nil))
        } catch {
            return .failure(error)
        }
    }

    /// A parked request whose user comes back: what is next for it.
    ///
    /// - Parameter decision: what the user has just said, if the browser posted a form.
    public func resume(
        _ handle: String, _ decision: Decision = Decision(), browser: Browser, trail: Trail
    ) async -> AuthorizationStep {
        await outcome { () async throws(AuthorizationRefusal) in
            try await self.resumed(handle, decision, browser, trail) { _ in true } ?? .expired(startAgain: nil)
        }
    }

    /// A parked request about which a form decides that was made for one user, and counts for nobody else.
    ///
    /// - Parameter isTheirs: whether the form was made for this user; nil is nobody.
    /// - Returns: nil, and nothing was decided, when it was made for another one than who is logged in by now.
    public func resume(
        _ handle: String, _ decision: Decision, ifMadeFor isTheirs: (User?) -> Bool, browser: Browser, trail: Trail
    ) async -> AuthorizationStep? {
        do {
            return try await resumed(handle, decision, browser, trail, ifMadeFor: isTheirs)
        } catch {
            return step(error)
        }
    }

    private func resumed(
        _ handle: String, _ decision: Decision, _ browser: Browser, _ trail: Trail, ifMadeFor isTheirs: (User?) -> Bool
    ) async throws(AuthorizationRefusal) -> AuthorizationStep? {
        guard let handle = OpaqueToken(.parkedRequest, presented: handle) else { return .expired(startAgain: nil) }
        var browser = browser
        let binding = browser.binding ?? newBinding()
        browser.binding = binding
        // Which client it is stands in the request, but whether it has changed can be asked along with it.
        async let changes = clientChanges()
        let (cookie, now) = (browser.session, trail.now)
        let claimed = try await orPage { () async throws(OAuthError) in
            try await self.stores.parked.claim(handle, by: SHA256.hash(binding), with: cookie, at: now)
        }
        guard isTheirs(claimed?.visit?.login.user) else { return nil }
        guard let (parked, visit) = claimed else { return .expired(startAgain: nil) }
        let parameters = Parameters(parked: parked.parameters)
        let request = try await request(parameters, at: now, asOf: await changes)
        guard now < parked.expiresAt else { return .expired(startAgain: request.client.startAgain) }
        let waiting = WaitingRequest(request, parameters: parameters, startedAt: parked.createdAt, handle: handle)
        if decision.isCancelled {
            return .respond(answer(request, OAuthError(.accessDenied, "The user did not allow the request.")))
        }
        return try await advance(waiting, decision, browser, .success(visit), trail)
    }

    /// A fresh value for a browser's binding cookie: 128 random bits.
    public func newBinding() -> String { Base64URL.encode(surroundings.random(16)) }

    private func clientChanges() async -> Result<ClientChanges, OAuthError> {
        do { return .success(try await stores.clients.changes()) } catch { return .failure(error) }
    }

    private func outcome(
        _ steps: () async throws(AuthorizationRefusal) -> AuthorizationStep
    ) async -> AuthorizationStep {
        do { return try await steps() } catch { return step(error) }
    }

    private func step(_ refusal: AuthorizationRefusal) -> AuthorizationStep {
        switch refusal {
        case .showPage(let error, let client): .showPage(error, client: client)
        case .sendBack(let error, let path): .respond(path.response(error, issuer: settings.issuer))
        }
    }

    private func answer(_ request: AuthorizationRequest, _ error: OAuthError) -> AuthorizationResponse {
        request.returnPath.response(error, issuer: settings.issuer)
    }

    /// A store that fails is a page with 503: the client would take a redirect for an answer.
    private func orPage<T>(_ act: () async throws(OAuthError) -> T) async throws(AuthorizationRefusal) -> T {
        do {
            return try await act()
        } catch {
            throw .showPage(error, client: nil)
        }
    }

    /// - Parameter changes: asked for before; nil to ask now.
    private func request(
        _ parameters: Parameters, at now: Instant, asOf changes: Result<ClientChanges, OAuthError>? = nil
    ) async throws(AuthorizationRefusal) -> AuthorizationRequest {
        let registered = try await orPage { () async throws(OAuthError) -> RegisteredClient? in
            guard !parameters.repeated.contains("client_id") else {
                throw .malformed("client_id", "appears more than once")
            }
            let id = try parameters.required("client_id")
            guard let changes else { return try await self.stores.clients.client(ClientID(id), at: now) }
            return try await self.stores.clients.client(ClientID(id), at: now, asOf: try changes.get())
        }
        guard let client = registered?.client else {
            throw .showPage(.malformed("client_id", "names no client of this server"), client: nil)
        }
        let ring = keys.current
        return try AuthorizationRequest(
            parameters, client: client, knownScopes: scopes.names,
            hint: { IDTokenHint.subject(of: $0, issuer: settings.issuer, keys: ring) })
    }
}

/// What the user has just said about a waiting request.
public struct Decision: Sendable {
    /// «Continue as …»: the account is the right one.
    public var accountChosen = false
    /// The scopes that the user left ticked when pressing Allow; nil when no consent form was posted.
    public var allowed: ScopeList?
    /// Which words the form had (``ConsentWording/version``); nil when it did not say.
    public var wording: String?
    /// Deny or Cancel.
    public var isCancelled = false

    /// Nothing yet.
    public init() {}
}

extension Client {
    /// Where a user can begin anew (OpenID Connect Core §4, RFC 7591 `client_uri`).
    var startAgain: String? {
        for member in ["initiateLoginUri", "clientUri"] {
            if let uri = presentation[member]?.string { return uri }
        }
        return nil
    }
}
