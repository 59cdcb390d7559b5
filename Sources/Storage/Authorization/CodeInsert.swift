internal import Postgres
internal import Provider

/// A grant with its code, as the entry of a batch.
struct IssuedCode: Sendable {
    let code: AuthorizationCode
    let codeBucket: Bucket
    let codeHash: [UInt8]
    let grant: Grant

    init(_ code: AuthorizationCode, as token: OpaqueToken, grant: Grant) {
        self.code = code
        codeBucket = token.bucket
        codeHash = token.hash
        self.grant = grant
    }

    private var entry: GrantEntry { GrantEntry(grant: grant) }

    /// A grant takes over what its session's row says, under a lock of the row (`end_session` and `end_logins` wait for such
    /// locks); a session that nobody began is over. Once written, an offline one outlives its session. So it is with the
    /// consent that it stands on.
    static let insert = Batch<IssuedCode>(
        """
        WITH issued AS MATERIALIZED (
            SELECT * FROM unnest(
                \(\.codeBucket), \(\.codeHash), \(\.code.redirectURI), \(\.code.codeChallenge), \(\.code.expiresAt),
                \(\.grant.id.bucket), \(\.grant.id), \(\.grant.clientID), \(\.grant.userID),
                \(\.grant.sessionID.bucket), \(\.grant.sessionID), \(\.entry.scopes), \(\.entry.resources),
                \(\.grant.offline), \(\.grant.authTime), \(\.entry.amr), \(\.grant.acr), \(\.grant.nonce),
                \(\.grant.claimsRequest), \(\.grant.createdAt), \(\.grant.expiresAt),
                \(\.entry.consented))
            AS issued (code_bucket, code_hash, redirect_uri, code_challenge, code_expires_at,
                       bucket, id, client_id, user_id, session_bucket, session_id, scopes, resources, offline,
                       auth_time, amr, acr, nonce, claims_request, created_at, expires_at, consented)
            LIMIT \(.count)
        ), coded AS (
            INSERT INTO authorization_codes (bucket, hash, grant_bucket, grant_id, client_id, redirect_uri,
                                             code_challenge, expires_at)
            SELECT code_bucket, code_hash, bucket, id, client_id, redirect_uri, code_challenge, code_expires_at
            FROM issued
            ON CONFLICT DO NOTHING
            RETURNING hash
        ), granted AS (
            INSERT INTO grants (\(GrantEntry.columns))
            SELECT bucket, issued.id, client_id, user_id, session_bucket, session_id, consent.id,
                   scopes::text[], resources::text[], offline, auth_time, amr::text[], acr, nonce, claims_request,
                   created_at, issued.expires_at,
                   CASE WHEN offline THEN issued.expires_at
                        ELSE least(issued.expires_at, coalesce(session.expires_at, '-infinity')) END,
                   CASE WHEN \(GrantEntry.lacksConsent) OR session.id IS NULL THEN '-infinity' ELSE session.ended_at END
            FROM issued JOIN coded ON coded.hash = issued.code_hash
            LEFT JOIN LATERAL (
                SELECT s.id, s.ended_at, s.expires_at FROM sessions s
                WHERE s.bucket = \(constant: \.entry.sessionDay) AND s.id = issued.session_id FOR SHARE
            ) session ON true
            \(GrantEntry.consent)
        )
        SELECT hash FROM coded
        """, key: \.codeHash, locksRows: true)
}
