internal import Postgres
internal import Provider

/// A grant with all that leaves with it at once, as the entry of a batch.
struct OpenedGrant: Sendable {
    private let entry: GrantEntry
    // Each of them has one element at most.
    private let codes: [IssuedCode]
    private let accessTokens: [AccessToken]
    private let refreshTokens: [MintedRefreshToken]
    private let events: [ToldEvent]

    init(_ opening: GrantOpening, _ trail: Trail) {
        entry = GrantEntry(grant: opening.grant)
        codes = opening.code.map { [IssuedCode($0.row, as: $0.token, grant: opening.grant)] } ?? []
        accessTokens = opening.access.map { [$0] } ?? []
        refreshTokens = opening.refresh.map { [MintedRefreshToken(row: $0.row, token: $0.token)] } ?? []
        events = opening.events.map { ToldEvent($0, trail) }
    }

    private var grant: Grant { entry.grant }

    /// As in ``IssuedCode/insert``: a grant takes over what its session's row says, under a lock of the row.
    static let insert = Batch<OpenedGrant>(
        """
        WITH issued AS MATERIALIZED (
            SELECT * FROM unnest(
                \(\.grant.id.bucket), \(\.grant.id), \(\.grant.clientID), \(\.grant.userID),
                \(\.grant.sessionID.bucket), \(\.grant.sessionID), \(\.entry.scopes), \(\.entry.resources),
                \(\.grant.offline), \(\.grant.authTime), \(\.entry.amr), \(\.grant.acr), \(\.grant.nonce),
                \(\.grant.claimsRequest), \(\.grant.createdAt), \(\.grant.expiresAt), \(\.entry.consented))
            AS issued (bucket, id, client_id, user_id, session_bucket, session_id, scopes, resources, offline,
                       auth_time, amr, acr, nonce, claims_request, created_at, expires_at, consented)
            LIMIT \(.count)
        ), granted AS (
            INSERT INTO grants (\(GrantEntry.columns))
            SELECT bucket, issued.id, client_id, user_id, session_bucket, session_id, consent.id,
                   scopes::text[], resources::text[], offline, auth_time, amr::text[], acr, nonce, claims_request,
                   created_at, issued.expires_at,
                   CASE WHEN offline THEN issued.expires_at
                        ELSE least(issued.expires_at, coalesce(session.expires_at, '-infinity')) END,
                   CASE WHEN \(GrantEntry.lacksConsent) OR session.id IS NULL THEN '-infinity' ELSE session.ended_at END
            FROM issued
            LEFT JOIN LATERAL (
                SELECT s.id, s.ended_at, s.expires_at FROM sessions s
                WHERE s.bucket = \(constant: \.entry.sessionDay) AND s.id = issued.session_id FOR SHARE
            ) session ON true
            \(GrantEntry.consent)
            ON CONFLICT DO NOTHING
            RETURNING id
        ), coded AS (
            INSERT INTO authorization_codes (bucket, hash, grant_bucket, grant_id, client_id, redirect_uri,
                                             code_challenge, expires_at)
            SELECT * FROM unnest(
                \(each: { $0.codes.map(\.codeBucket) }), \(each: { $0.codes.map(\.codeHash) }),
                \(each: { $0.codes.map(\.grant.id.bucket) }), \(each: { $0.codes.map(\.grant.id) }),
                \(each: { $0.codes.map(\.grant.clientID) }), \(each: { $0.codes.map(\.code.redirectURI) }),
                \(each: { $0.codes.map(\.code.codeChallenge) }), \(each: { $0.codes.map(\.code.expiresAt) }))
        ), accessed AS (
            INSERT INTO access_tokens (bucket, jti, client_id, user_id, grant_bucket, grant_id, scopes, audience,
                                       issued_at, expires_at)
            SELECT bucket, jti, client_id, user_id, grant_bucket, grant_id, scopes::text[], audience::text[], issued_at,
                   expires_at
            FROM unnest(
                \(each: { $0.accessTokens.map(\.bucket) }), \(each: { $0.accessTokens.map(\.id) }),
                \(each: { $0.accessTokens.map(\.clientID) }), \(each: { $0.accessTokens.map(\.userID) }),
                \(each: { $0.accessTokens.map(\.grantID?.bucket) }), \(each: { $0.accessTokens.map(\.grantID) }),
                \(each: { $0.accessTokens.map { ArrayLiteral($0.scopes.names) } }),
                \(each: { $0.accessTokens.map { ArrayLiteral($0.audience) } }),
                \(each: { $0.accessTokens.map(\.issuedAt) }), \(each: { $0.accessTokens.map(\.expiresAt) }))
            AS minted (bucket, jti, client_id, user_id, grant_bucket, grant_id, scopes, audience, issued_at, expires_at)
        ), refreshed AS (
            INSERT INTO refresh_tokens (bucket, hash, grant_id, client_id, user_id, scopes, issued_at, idle_expires_at)
            SELECT bucket, hash, grant_id, client_id, user_id, scopes::text[], issued_at, idle_expires_at
            FROM unnest(
                \(each: { $0.refreshTokens.map(\.bucket) }), \(each: { $0.refreshTokens.map(\.hash) }),
                \(each: { $0.refreshTokens.map(\.row.grantID) }), \(each: { $0.refreshTokens.map(\.row.clientID) }),
                \(each: { $0.refreshTokens.map(\.row.userID) }), \(each: { $0.refreshTokens.map(\.scopes) }),
                \(each: { $0.refreshTokens.map(\.row.issuedAt) }),
                \(each: { $0.refreshTokens.map(\.row.idleExpiresAt) }))
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
        SELECT id FROM granted
        """, key: \.grant.id, locksRows: true)
}
