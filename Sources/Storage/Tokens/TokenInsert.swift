internal import Postgres
internal import Provider

/// The tokens of one answer with the events that tell of them, as the entry of a batch.
struct MintedTokens: Sendable {
    let access: AccessToken
    private let refreshTokens: [MintedRefreshToken]
    private let events: [ToldEvent]

    init(_ access: AccessToken, refresh: (row: RefreshToken, token: OpaqueToken)?, events: [Event], _ trail: Trail) {
        self.access = access
        refreshTokens = refresh.map { [MintedRefreshToken(row: $0.row, token: $0.token)] } ?? []
        self.events = events.map { ToldEvent($0, trail) }
    }

    // Lists travel as array literals: PostgreSQL has no array of arrays of different lengths.
    private var scopes: ArrayLiteral { ArrayLiteral(access.scopes.names) }
    private var audience: ArrayLiteral { ArrayLiteral(access.audience) }

    /// A `jti` is 128 random bits: to look for it before each insert would cost more than the one row in the lifetime of
    /// the universe that it finds. A repeat fails, and its neighbours are then written one by one.
    static let insert = Batch<MintedTokens>(
        """
        WITH refreshed AS (
            INSERT INTO refresh_tokens (bucket, hash, grant_id, client_id, user_id, scopes, issued_at, idle_expires_at)
            SELECT bucket, hash, grant_id, client_id, user_id, scopes::text[], issued_at, idle_expires_at
            FROM unnest(
                \(each: { $0.refreshTokens.map(\.bucket) }), \(each: { $0.refreshTokens.map(\.hash) }),
                \(each: { $0.refreshTokens.map(\.row.grantID) }), \(each: { $0.refreshTokens.map(\.row.clientID) }),
                \(each: { $0.refreshTokens.map(\.row.userID) }), \(each: { $0.refreshTokens.map(\.scopes) }),
                \(each: { $0.refreshTokens.map(\.row.issuedAt) }), \(each: { $0.refreshTokens.map(\.row.idleExpiresAt) }))
            AS minted (bucket, hash, grant_id, client_id, user_id, scopes, issued_at, idle_expires_at)
        ), told AS (
            INSERT INTO outbox (type, subject, time, data, request_id)
            SELECT type, subject, time, data::jsonb, request_id
            FROM unnest(
                \(each: { $0.events.map(\.type) }), \(each: { $0.events.map(\.subject) }),
                \(each: { $0.events.map(\.time) }), \(each: { $0.events.map(\.data) }),
                \(each: { $0.events.map(\.requestID) }))
            AS event (type, subject, time, data, request_id)
        )
        INSERT INTO access_tokens (bucket, jti, client_id, user_id, grant_bucket, grant_id, scopes, audience, issued_at,
                                   expires_at)
        SELECT bucket, jti, client_id, user_id, grant_bucket, grant_id, scopes::text[], audience::text[], issued_at,
               expires_at
        FROM unnest(
            \(\.access.bucket), \(\.access.id), \(\.access.clientID), \(\.access.userID),
            \(\.access.grantID?.bucket), \(\.access.grantID), \(\.scopes), \(\.audience), \(\.access.issuedAt),
            \(\.access.expiresAt))
        AS minted (bucket, jti, client_id, user_id, grant_bucket, grant_id, scopes, audience, issued_at, expires_at)
        RETURNING jti
        """, key: \.access.id)
}

/// A refresh token that is minted beside an access token.
struct MintedRefreshToken: Sendable {
    let row: RefreshToken
    let bucket: Bucket
    let hash: [UInt8]

    init(row: RefreshToken, token: OpaqueToken) {
        self.row = row
        bucket = token.bucket
        hash = token.hash
    }

    var scopes: ArrayLiteral { ArrayLiteral(row.scopes.names) }
}

/// An event that tells of rows that a batch inserts.
struct ToldEvent: Sendable {
    let type: String
    let subject: String?
    let time: Instant
    let data: JSONText
    let requestID: String

    init(_ event: Event, _ trail: Trail) {
        type = event.type
        subject = event.subject
        time = trail.now
        data = JSONText(bytes: event.data)
        requestID = trail.requestID
    }
}
