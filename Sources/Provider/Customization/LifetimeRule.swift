/// Lifetimes as a function of the request, for servers that embed the provider.
public protocol LifetimeRule: Sendable {
    /// Seconds that what is about to be issued lives.
    ///
    /// Asked on the loop for every token: it must not block. What it answers is cut to 1 second at least and
    /// ``LifetimeRequest/Subject/longest`` at most; and nothing outlives its grant, whose end follows from the session
    /// or from `offline_access`.
    func seconds(for request: LifetimeRequest) -> Int
}

/// What a lifetime is asked for.
public struct LifetimeRequest: Sendable {
    /// What is about to be issued.
    public enum Subject: Sendable, CaseIterable {
        /// From the redirect to the redemption (RFC 6749 §4.1.2).
        case authorizationCode
        case accessToken
        case idToken
        /// Idle time: a use begins it anew.
        case refreshToken
        /// A login session, whatever its use.
        case session
    }

    /// What is about to be issued.
    public var subject: Subject
    /// The client it is for; nil for the session of a browser, which is for all of them.
    public var client: Client?
    /// The user it stands for; nil where there is none, and for a refresh token that is just being looked up.
    public var user: User?
    /// What is granted; empty where ``user`` is nil for the second reason.
    public var scopes = ScopeList()
    /// How the client comes by it; nil for sessions.
    public var grantType: GrantType?
    /// Seconds by the client's registration, else by the settings.
    public var standard: Int
}

extension LifetimeRequest.Subject {
    /// Most seconds, whoever decides: no partition is kept longer.
    public var longest: Int {
        switch self {
        case .authorizationCode: 600
        case .accessToken, .idToken: 30 * 86_400
        case .refreshToken, .session: 400 * 86_400
        }
    }

    /// What the server's settings say.
    func standard(_ settings: Settings) -> Int {
        switch self {
        case .authorizationCode: settings.lifetimes.code
        case .accessToken: settings.lifetimes.accessToken
        case .idToken: settings.lifetimes.idToken
        case .refreshToken: settings.lifetimes.refreshTokenIdle
        case .session: settings.lifetimes.session
        }
    }

    /// What the client's registration says, if it does.
    func own(_ client: Client) -> Int? {
        switch self {
        case .authorizationCode: client.lifetimes.authorizationCode
        case .accessToken: client.lifetimes.accessToken
        case .idToken: client.lifetimes.idToken
        case .refreshToken: client.lifetimes.refreshToken
        case .session: client.lifetimes.session
        }
    }
}

extension OpenIDProvider {
    /// Seconds that something lives: by the embedder's rule, else by the client's registration, else by the settings.
    func lifetime(
        of subject: LifetimeRequest.Subject, client: Client?, user: User? = nil, scopes: ScopeList = ScopeList(),
        by grantType: GrantType? = nil
    ) -> Int {
        let standard = client.flatMap(subject.own) ?? subject.standard(settings)
        guard let rule = customization.lifetimes else { return standard }
        let request = LifetimeRequest(
            subject: subject, client: client, user: user, scopes: scopes, grantType: grantType, standard: standard)
        return min(max(1, rule.seconds(for: request)), subject.longest)
    }
}
