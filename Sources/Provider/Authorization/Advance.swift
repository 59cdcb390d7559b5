import Crypto
import JOSE

/// A request with what ties it to its pages.
struct WaitingRequest: Sendable {
    let request: AuthorizationRequest
    let parameters: Parameters
    let startedAt: Instant
    /// Nil until it is parked.
    let handle: OpaqueToken?

    init(_ request: AuthorizationRequest, parameters: Parameters, startedAt: Instant, handle: OpaqueToken?) {
        self.request = request
        self.parameters = parameters
        self.startedAt = startedAt
        self.handle = handle
    }
}

/// From a checked request to a prompt or an answer.
extension OpenIDProvider {
    /// Asks ``NextStep`` and does what it says.
    func advance(
        _ waiting: WaitingRequest, _ decision: Decision, _ browser: Browser, _ visit: Result<Visit?, OAuthError>,
        _ trail: Trail
    ) async throws(AuthorizationRefusal) -> AuthorizationStep {
        do {
            let request = waiting.request
            let visit = try visit.get()
            let progress = Progress(
                login: visit?.login, consented: visit?.consented ?? ScopeList(), startedAt: waiting.startedAt,
                now: trail.now, accountChosen: decision.accountChosen || decision.allowed != nil,
                consentDecided: decision.allowed != nil)
            switch NextStep.decide(request, progress) {
            case .fail(let error):
                return .respond(request.returnPath.response(error, issuer: settings.issuer))
            case .respond:
                guard let login = progress.login else { return .expired(startAgain: nil) }
                let words = wording(of: request.consentScopes, said: decision.wording)
                if case .outdated = words { return .askConsent(try await consentPrompt(waiting, progress, browser)) }
                let granted = try await settleConsent(request, decision, words.known, login.user, trail)
                guard !granted.isEmpty || request.consentScopes.isEmpty else {
                    let nothing = OAuthError(.accessDenied, "The user allowed none of the scopes.", parameter: "scope")
                    return .respond(request.returnPath.response(nothing, issuer: settings.issuer))
                }
                let consented = decision.allowed == nil ? NextStep.asked(request) : granted
                return .respond(try await answer(request, granted, consented: consented, login, trail))
            case .logIn(let reason):
                return .logIn(try await loginPrompt(waiting, reason, progress, browser))
            case .askConsent:
                return .askConsent(try await consentPrompt(waiting, progress, browser))
            }
        } catch {
            throw .showPage(error, client: waiting.request.client)
        }
    }

    /// What the user allows, of scopes and of scopes whose claims are asked for, with a fresh consent put on record.
    private func settleConsent(
        _ request: AuthorizationRequest, _ decision: Decision, _ wording: ConsentWording?, _ user: User, _ trail: Trail
    ) async throws(OAuthError) -> ScopeList {
        guard let allowed = decision.allowed else { return request.consentScopes }
        let granted = request.consentScopes.intersection(allowed.union(ConsentPrompt.required))
        guard !granted.isEmpty else { return granted }
        let consent = Consent(
            id: newConsentID(), userID: user.id, clientID: request.client.id, scopes: granted, grantedAt: trail.now)
        let record = Record(
            trail.acting(as: user.id), events: [.consentGranted(user.id, request.client.id, granted)])
        _ = try await stores.consents.grant(consent, in: wording, record)
        return granted
    }

    private func loginPrompt(
        _ waiting: WaitingRequest, _ reason: LoginReason, _ progress: Progress, _ browser: Browser
    ) async throws(OAuthError) -> LoginPrompt {
        let (handle, binding) = try await handle(of: waiting, browser)
        let request = waiting.request
        return LoginPrompt(
            handle: handle, client: request.client, redirect: request.returnPath.redirect, reason: reason,
            loginHint: request.loginHint, mayContinueAs: reason == .selectAccount ? progress.login?.user : nil,
            uiLocales: request.uiLocales, binding: binding)
    }

    private func consentPrompt(
        _ waiting: WaitingRequest, _ progress: Progress, _ browser: Browser
    ) async throws(OAuthError) -> ConsentPrompt {
        guard let user = progress.login?.user else { throw .storeUnavailable("a consent without a login") }
        let (handle, binding) = try await handle(of: waiting, browser)
        let request = waiting.request
        return ConsentPrompt(
            handle: handle, client: request.client, redirect: request.returnPath.redirect, user: user,
            choices: choices(of: request.consentScopes, granted: progress.consented), uiLocales: request.uiLocales,
            binding: binding)
    }

    /// The lines of a page that asks for these scopes.
    func choices(of asked: ScopeList, granted: ScopeList) -> [ConsentPrompt.Choice] {
        let known = scopes.current
        return asked.names.map { name in
            ConsentPrompt.Choice(
                scope: known[name] ?? Scope(name: name, descriptions: [:]),
                isRequired: ConsentPrompt.required.contains(name), isGranted: granted.contains(name))
        }
    }

    /// The handle of a request that is parked already, or of one that is parked now.
    private func handle(
        of waiting: WaitingRequest, _ browser: Browser
    ) async throws(OAuthError) -> (OpaqueToken, binding: String) {
        let binding = browser.binding ?? newBinding()
        if let handle = waiting.handle { return (handle, binding) }
        return (try await store(waiting, browserHash: SHA256.hash(binding)), binding)
    }

    /// Parks a request; without a browser the first one to resume it owns it.
    func park(_ waiting: WaitingRequest, browserHash: [UInt8]?) async throws(AuthorizationRefusal) -> OpaqueToken {
        do {
            return try await store(waiting, browserHash: browserHash)
        } catch {
            throw .showPage(error, client: waiting.request.client)
        }
    }

    private func store(_ waiting: WaitingRequest, browserHash: [UInt8]?) async throws(OAuthError) -> OpaqueToken {
        let expiresAt = waiting.startedAt + settings.lifetimes.parkedRequest
        let handle = OpaqueToken(.parkedRequest, bucket: .hour(of: expiresAt), secret: surroundings.random(32))
        let parked = ParkedRequest(
            parameters: waiting.parameters.parked(AuthorizationRequest.parameterNames),
            clientID: waiting.request.client.id,
            createdAt: waiting.startedAt, expiresAt: expiresAt, browserHash: browserHash)
        try await stores.parked.park(parked, as: handle)
        return handle
    }
}

extension ConsentPrompt {
    /// Scopes that cannot be unticked: without them there is no login.
    static let required = ScopeList(["openid"])
}

extension Trail {
    /// The same trail once it is known which user acts.
    func acting(as user: UserID) -> Trail {
        var trail = self
        trail.actor = "user:\(user.text)"
        return trail
    }
}
