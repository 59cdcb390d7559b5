public import JOSE

/// Tokens as operators, and users by their own tokens, see and revoke them.
extension OpenIDProvider {
    /// What a list of tokens is asked for, as it was sent.
    public struct TokenQuery: Sendable {
        /// `clientId`
        public var clientID: String?
        /// `userId`
        public var userID: String?
        /// `grantId`
        public var grantID: String?
        /// Scopes that a token must all have, separated by spaces.
        public var scope: String?
        /// RFC 3339.
        public var issuedAfter: String?
        /// RFC 3339.
        public var issuedBefore: String?
        /// All tokens.
        public init() {}
    }

    /// Live tokens, access and refresh tokens; never the tokens themselves.
    public func tokens(
        _ query: TokenQuery, _ page: PageRequest, for caller: Caller
    ) async throws(OAuthError) -> JSON {
        var filter = TokenFilter()
        filter.clientID = query.clientID.map { ClientID($0) }
        filter.userID = try caller.reach(query.userID.map { UserID($0) })
        if let text = query.grantID { filter.grantID = try GrantID(named: text, in: "grantId") }
        if let text = query.scope { filter.scopes = try ScopeList(filter: text) }
        if let text = query.issuedAfter { filter.issuedFrom = try Instant(sent: text, in: "issuedAfter") }
        if let text = query.issuedBefore { filter.issuedBefore = try Instant(sent: text, in: "issuedBefore") }
        return try await stores.issued.tokens(filter, page, at: caller.trail.now).json(\.json)
    }

    /// Revokes one token by its text or its id: an access token alone, a refresh token with its whole family.
    ///
    /// - Returns: `{"revoked": …}`, how many live ones there were.
    /// - Throws: `not_found` for what is no token, or none of the caller's.
    public func revokeToken(_ body: JSON, by caller: Caller) async throws(OAuthError) -> JSON {
        var reader = try MemberReader(body)
        guard let text = try reader.string("token", limit: 16_384), !text.isEmpty else {
            throw .member("token", "is missing")
        }
        try reader.refuseRest()
        switch try await issued(text, at: caller.trail.now) {
        case .access(let token) where caller.reaches(token.userID):
            let facts = Event.TokenFacts(
                kind: .accessToken, id: token.id, grantID: token.grantID, clientID: token.clientID,
                userID: token.userID, scopes: token.scopes)
            let record = caller.record([.tokenRevoked(facts)], "token.revoke", "client:\(token.clientID)")
            let isFirst = try await stores.tokens.revoke(token.id, bucket: token.bucket, record)
            return ["revoked": .integer(isFirst ? 1 : 0)]
        case .refresh(let token) where caller.reaches(token.userID):
            let facts = Event.TokenFacts(
                kind: .grant, grantID: token.grantID, clientID: token.clientID, userID: token.userID,
                scopes: token.scopes)
            let record = caller.record([.tokenRevoked(facts)], "token.revoke", "client:\(token.clientID)")
            let count = try await stores.issued.revoke(BulkRevocation(grantID: token.grantID), record)
            return ["revoked": .integer(Int64(count))]
        default:
            throw OAuthError(
                .notFound, "The member 'token' is neither a token nor the id of one.", parameter: "token")
        }
    }

    /// Revokes all tokens that match in everything that is given, or says how many that would be (`dryRun`). An owner's
    /// own token is a criterion itself.
    ///
    /// - Returns: `{"revoked": …, "dryRun": …}`: how many live ones there were.
    public func revokeTokens(_ body: JSON, by caller: Caller) async throws(OAuthError) -> JSON {
        var reader = try MemberReader(body)
        let client = try reader.string("clientId")
        let user = try reader.string("userId")
        let grant = try reader.string("grantId")
        let before = try reader.string("issuedBefore")
        let isDry = try reader.bool("dryRun") ?? false
        try reader.refuseRest()
        let now = caller.trail.now
        var reach = BulkRevocation(
            clientID: client.map { ClientID($0) }, userID: try caller.reach(user.map { UserID($0) }))
        if let grant { reach.grantID = try GrantID(named: grant, in: "grantId") }
        let issuedBefore = try before.map { text throws(OAuthError) in try Instant(sent: text, in: "issuedBefore") }
        guard reach != BulkRevocation() || issuedBefore != nil else {
            throw OAuthError(
                .invalidRequest,
                "The request has no criterion: one of the members 'clientId', 'userId', 'grantId' and 'issuedBefore'.",
                parameter: "clientId")
        }
        // Nothing was issued later than now: a moment to come means everything there is.
        reach.issuedBefore = issuedBefore.flatMap { $0 > now ? nil : $0 }
        let count: Int
        if isDry {
            count = try await stores.issued.count(reach, at: now)
        } else {
            var told = reach
            told.issuedBefore = reach.issuedBefore ?? now
            let subject =
                [
                    reach.grantID.map { "grant:\($0)" }, reach.userID.map { "user:\($0)" },
                    reach.clientID.map { "client:\($0)" },
                ].compactMap { $0 }.first ?? "clients"
            count = try await stores.issued.revoke(
                reach, caller.record([.tokensRevoked(told)], "token.bulk_revoke", subject))
        }
        return ["revoked": .integer(Int64(count)), "dryRun": .bool(isDry)]
    }

    private enum Issued {
        case access(AccessToken)
        case refresh(RefreshToken)
        case nothing
    }

    /// What a text is: a token, or the id that a list shows for one.
    private func issued(_ text: String, at now: Instant) async throws(OAuthError) -> Issued {
        if let presented = OpaqueToken(.refreshToken, presented: text) {
            return try await stores.tokens.refreshToken(presented, at: now).map { .refresh($0.token) } ?? .nothing
        }
        if let id = RefreshTokenID(parsing: text) {
            return try await stores.issued.refreshToken(id, at: now).map { .refresh($0) } ?? .nothing
        }
        if let state = try await accessToken(text, at: now) { return .access(state.token) }
        return try await stores.issued.accessToken(TokenID(text), at: now).map { .access($0) } ?? .nothing
    }
}

extension IssuedToken {
    /// A token as management answers show one.
    fileprivate var json: JSON {
        let (name, type): (String, JSON) =
            switch id {
            case .access(let id): (id.text, "access_token")
            case .refresh(let id): (id.text, "refresh_token")
            }
        return [
            "id": .string(name), "tokenType": type, "clientId": .string(clientID.text),
            "userId": .string(orNull: userID?.text), "grantId": .string(orNull: grantID?.text),
            "scopes": .strings(scopes.names), "issuedAt": .time(issuedAt), "expiresAt": .time(expiresAt),
        ]
    }
}

extension ScopeList {
    /// The scopes that a list is asked for.
    ///
    /// - Throws: `invalid_scope` for what is no scope, `invalid_request` for none at all.
    init(filter text: String) throws(OAuthError) {
        try self.init(parsing: text)
        guard !isEmpty else { throw .malformed("scope", "is empty") }
    }
}

extension GrantID {
    /// The id in a parameter or member of this name.
    ///
    /// - Throws: `invalid_request` for what cannot be one.
    fileprivate init(named text: String, in name: String) throws(OAuthError) {
        guard let id = GrantID(parsing: text) else { throw .malformed(name, "is no id of a grant") }
        self = id
    }
}

extension Instant {
    /// The moment in a parameter or member of this name.
    ///
    /// - Throws: `invalid_request` for what is no time by RFC 3339.
    fileprivate init(sent text: String, in name: String) throws(OAuthError) {
        guard let moment = Instant(rfc3339: text) else {
            throw .malformed(name, "must be a time by RFC 3339, such as 2026-11-21T09:38:00Z")
        }
        self = moment
    }
}
