import JOSE

/// What stands between an authorization request and its answer: the one place that decides it (OpenID Connect Core
/// §3.1.2.3, §3.1.2.4).
enum NextStep: Sendable, Equatable {
    case logIn(LoginReason)
    case askConsent(missing: ScopeList)
    case respond
    case fail(OAuthError)
}

/// Why the user must log in.
public enum LoginReason: Sendable, Equatable {
    case noSession, prompt, maxAge, selectAccount, otherUser
    /// The client wants a stronger login than this one was, and the user can give it (OpenID Connect Core §5.5.1.1).
    case stepUp
}

/// What is known of the user while a request waits.
struct Progress: Sendable {
    var login: (session: Session, user: User)?
    /// What the user allowed this client before.
    var consented: ScopeList
    /// When the request began; a login after it satisfies `prompt=login` and `max_age`.
    var startedAt: Instant
    var now: Instant
    /// The user said in this very request which account it shall be.
    var accountChosen = false
    /// The user decided in this very request what to allow.
    var consentDecided = false
}

extension NextStep {
    /// Always asked the first time, of first-party clients too.
    static let alwaysAsked = ScopeList(["offline_access", "account"])

    /// What the user must have allowed before the request is answered.
    static func asked(_ request: AuthorizationRequest) -> ScopeList {
        request.client.firstParty ? request.scopes.intersection(alwaysAsked) : request.consentScopes
    }

    /// The next step; `prompt=none` turns every question to the user into an error.
    static func decide(_ request: AuthorizationRequest, _ progress: Progress) -> NextStep {
        let step = undisturbed(request, progress)
        guard request.prompts.contains(.none) else { return step }
        switch step {
        case .logIn:
            return .fail(OAuthError(.loginRequired, "The user must log in, which prompt=none forbids."))
        case .askConsent:
            return .fail(OAuthError(.consentRequired, "The user must consent, which prompt=none forbids."))
        case .respond, .fail:
            return step
        }
    }

    private static func undisturbed(_ request: AuthorizationRequest, _ progress: Progress) -> NextStep {
        guard let login = progress.login else { return .logIn(.noSession) }
        let (session, user) = login
        let isFresh = session.authTime >= progress.startedAt
        if !isFresh {
            if request.prompts.contains(.login) { return .logIn(.prompt) }
            // The shorter of what the request and the client's registration say.
            let ages = [request.maxAge, request.client.lifetimes.session].compactMap { $0 }
            if let maxAge = ages.min(), session.authTime + maxAge <= progress.now { return .logIn(.maxAge) }
            if request.prompts.contains(.selectAccount), !progress.accountChosen { return .logIn(.selectAccount) }
        }
        if !isWanted(user, request) {
            return isFresh
                ? .fail(OAuthError(.loginRequired, "Another user logged in than the one the request is for."))
                : .logIn(.otherUser)
        }
        if let wanted = request.wantedContext, session.context < wanted.context {
            if user.factors.context >= wanted.context { return .logIn(.stepUp) }
            if wanted.isEssential { return .fail(.unmetContext) }
        }
        if let unmet = unmet(request, session: session, user: user) { return .fail(unmet) }
        if progress.consentDecided { return .respond }
        let missing = asked(request).subtracting(progress.consented)
        if !missing.isEmpty || request.prompts.contains(.consent) { return .askConsent(missing: missing) }
        return .respond
    }

    /// Whether `id_token_hint` and the `sub` of the `claims` parameter (OpenID Connect Core §5.5.1) allow this user.
    private static func isWanted(_ user: User, _ request: AuthorizationRequest) -> Bool {
        if let hinted = request.hintedUser, hinted != user.id { return false }
        return [request.claims?.idToken["sub"], request.claims?.userInfo["sub"]].allSatisfy { wish in
            guard let wish, !wish.values.isEmpty else { return true }
            return wish.values.contains(.string(user.id.text))
        }
    }

    /// What this user in this session cannot give.
    private static func unmet(_ request: AuthorizationRequest, session: Session, user: User) -> OAuthError? {
        if let acr = request.claims?.idToken["acr"], acr.essential, !acr.values.isEmpty, request.wantedContext == nil {
            return .unmetContext
        }
        return refusal(of: request.client, scopes: request.scopes, to: user)
    }

    /// Why this client cannot have these scopes from this user, whatever the user says.
    static func refusal(of client: Client, scopes: ScopeList, to user: User) -> OAuthError? {
        if scopes.contains("admin"), !user.roles.contains("admin") {
            return OAuthError(.accessDenied, "The user is not an administrator of this server.", parameter: "scope")
        }
        if !client.serves(user) {
            return OAuthError(.accessDenied, "The user does not belong to the tenant of this client.")
        }
        return nil
    }
}

extension Client {
    /// Whether a user is one of those that it is for: of its tenant, if it has one.
    func serves(_ user: User) -> Bool { tenantID == nil || tenantID == user.tenantID }
}

extension AuthorizationRequest {
    /// How strong a login the client wants: the weakest of those it names, by the `claims` parameter or by `acr_values`
    /// (OpenID Connect Core §3.1.2.1, §5.5.1.1). Names that this server does not know are passed over.
    fileprivate var wantedContext: (context: AuthenticationContext, isEssential: Bool)? {
        if let acr = claims?.idToken["acr"], !acr.values.isEmpty {
            let known = acr.values.compactMap { $0.string.flatMap(AuthenticationContext.init) }
            if let weakest = known.min() { return (weakest, acr.essential) }
            if acr.essential { return nil }
        }
        return acrValues.compactMap(AuthenticationContext.init).min().map { ($0, false) }
    }
}

extension OAuthError {
    fileprivate static var unmetContext: OAuthError {
        OAuthError(
            .unmetAuthenticationRequirements, "This user cannot log in by the acr that 'claims' insists on.",
            parameter: "claims")
    }
}
