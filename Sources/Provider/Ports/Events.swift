import JOSE

/// Everything that happens here and that somebody outside may want to know. Each event is written in the transaction
/// of what it tells of; none ever carries a secret or a token (the `jti` at most).
public enum Event: Sendable, Equatable {
    case tokenIssued(TokenFacts)
    case tokenRevoked(TokenFacts)
    /// Many at once: all that match in what is given.
    case tokensRevoked(BulkRevocation)
    /// A refresh token or code came back after its time: somebody else may have it (RFC 9700 §4.14).
    case tokenReuseDetected(grant: GrantID, client: ClientID, user: UserID?, what: ReusedToken)
    case clientCreated(ClientID)
    case clientUpdated(ClientID)
    case clientDeleted(ClientID)
    case clientSecretRotated(ClientID, previousExpiresAt: Instant?)
    case consentGranted(UserID, ClientID, ScopeList)
    /// Without scopes the whole of it, else these alone.
    case consentRevoked(UserID, ClientID, ScopeList = ScopeList())
    case keyRotated(kid: String, algorithm: SigningAlgorithm)
    case sessionStarted(SessionID, UserID)
    case sessionEnded(SessionID, UserID)
    case userCreated(UserID)
    case userUpdated(UserID)
    case userDeleted(UserID)
    case userLocked(UserID)
    case loginSucceeded(UserID, amr: [String])
    /// The name that was tried is not told: people type passwords into the wrong field.
    case loginFailed(UserID?)

    /// Which kind of single-use value came back.
    public enum ReusedToken: String, Sendable {
        case authorizationCode = "authorization_code", refreshToken = "refresh_token", deviceCode = "device_code"
    }

    /// What an event tells of a token.
    public struct TokenFacts: Sendable, Equatable {
        /// Which token (RFC 7009 §2.1's hint names, `grant` for a whole family).
        public enum Kind: String, Sendable { case accessToken = "access_token", refreshToken = "refresh_token", grant }

        /// What kind of token.
        public var kind: Kind
        /// Of an access token.
        public var id: TokenID?
        /// Its family, if it has one.
        public var grantID: GrantID?
        /// The client it is for.
        public var clientID: ClientID
        /// The user it stands for; nil for `client_credentials`.
        public var userID: UserID?
        /// What it was granted.
        public var scopes: ScopeList
        /// Which grant type it came by, of an issued one.
        public var grantType: GrantType?
        /// When it ends.
        public var expiresAt: Instant?

        /// Facts of one token.
        public init(
            kind: Kind, id: TokenID? = nil, grantID: GrantID?, clientID: ClientID, userID: UserID?,
            scopes: ScopeList = ScopeList(), grantType: GrantType? = nil, expiresAt: Instant? = nil
        ) {
            self.kind = kind
            self.id = id
            self.grantID = grantID
            self.clientID = clientID
            self.userID = userID
            self.scopes = scopes
            self.grantType = grantType
            self.expiresAt = expiresAt
        }
    }
}

extension Event {
    /// The CloudEvents `subject`: the id of what the event is about.
    public var subject: String? {
        switch self {
        case .tokenIssued(let facts), .tokenRevoked(let facts):
            facts.id?.text ?? facts.grantID?.text ?? facts.clientID.text
        case .tokensRevoked(let reach): reach.grantID?.text ?? reach.userID?.text ?? reach.clientID?.text
        case .tokenReuseDetected(let grant, _, _, _): grant.text
        case .clientCreated(let id), .clientUpdated(let id), .clientDeleted(let id), .clientSecretRotated(let id, _):
            id.text
        case .consentGranted(let user, _, _), .consentRevoked(let user, _, _): user.text
        case .keyRotated(let kid, _): kid
        case .sessionStarted(let id, _), .sessionEnded(let id, _): id.text
        case .userCreated(let id), .userUpdated(let id), .userDeleted(let id), .userLocked(let id),
            .loginSucceeded(let id, _):
            id.text
        case .loginFailed(let id): id?.text
        }
    }

    /// The CloudEvents `data`, as JSON text.
    public var data: [UInt8] {
        var writer = JSONWriter()
        writer.object { members in write(to: &members) }
        return writer.bytes
    }

    private func write(to members: inout JSONWriter) {
        switch self {
        case .tokenIssued(let facts), .tokenRevoked(let facts):
            members.member("tokenType", facts.kind.rawValue)
            members.member("jti", ifPresent: facts.id?.text)
            members.member("grantId", ifPresent: facts.grantID?.text)
            members.member("clientId", facts.clientID.text)
            members.member("userId", ifPresent: facts.userID?.text)
            if !facts.scopes.isEmpty { members.member("scope", facts.scopes.text) }
            members.member("grantType", ifPresent: facts.grantType?.rawValue)
            members.member("expiresAt", ifPresent: facts.expiresAt?.rfc3339)
        case .tokensRevoked(let reach):
            members.member("tokenType", "any")
            members.member("grantId", ifPresent: reach.grantID?.text)
            members.member("clientId", ifPresent: reach.clientID?.text)
            members.member("userId", ifPresent: reach.userID?.text)
            members.member("issuedBefore", ifPresent: reach.issuedBefore?.rfc3339)
        case .tokenReuseDetected(let grant, let client, let user, let what):
            members.member("grantId", grant.text)
            members.member("clientId", client.text)
            members.member("userId", ifPresent: user?.text)
            members.member("tokenType", what.rawValue)
        case .clientCreated(let id), .clientUpdated(let id), .clientDeleted(let id): members.member("clientId", id.text)
        case .clientSecretRotated(let id, let expires):
            members.member("clientId", id.text)
            members.member("previousSecretExpiresAt", ifPresent: expires?.rfc3339)
        case .consentGranted(let user, let client, let scopes):
            members.member("userId", user.text)
            members.member("clientId", client.text)
            members.member("scope", scopes.text)
        case .consentRevoked(let user, let client, let scopes):
            members.member("userId", user.text)
            members.member("clientId", client.text)
            if !scopes.isEmpty { members.member("scope", scopes.text) }
        case .keyRotated(let kid, let algorithm):
            members.member("kid", kid)
            members.member("alg", algorithm.rawValue)
        case .sessionStarted(let session, let user), .sessionEnded(let session, let user):
            members.member("sessionId", session.text)
            members.member("userId", user.text)
        case .userCreated(let id), .userUpdated(let id), .userDeleted(let id), .userLocked(let id):
            members.member("userId", id.text)
        case .loginSucceeded(let id, let amr):
            members.member("userId", id.text)
            members.member("amr", amr)
        case .loginFailed(let id): members.member("userId", ifPresent: id?.text)
        }
    }
}
