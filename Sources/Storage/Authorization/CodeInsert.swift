internal import Postgres
internal import Provider

/// A grant with its code and its record: the row of a coalesced insert.
struct IssuedCode: Sendable {
    let code: AuthorizationCode
    let codeBucket: Bucket
    let codeHash: [UInt8]
    let grant: Grant
    let record: RecordRows

    init(_ code: AuthorizationCode, as token: OpaqueToken, grant: Grant, _ record: Record) {
        self.code = code
        codeBucket = token.bucket
        codeHash = token.hash
        self.grant = grant
        self.record = RecordRows(record)
    }

    // Lists travel as array literals: PostgreSQL has no array of arrays of different lengths.
    var scopes: ArrayLiteral { ArrayLiteral(grant.scopes.names) }
    var resources: ArrayLiteral { ArrayLiteral(grant.resources) }
    var amr: ArrayLiteral { ArrayLiteral(grant.amr) }

    static let insert = Batch<IssuedCode>(
        """
        WITH issued AS (
            SELECT * FROM unnest(
                \(\.codeBucket), \(\.codeHash), \(\.code.redirectURI), \(\.code.codeChallenge), \(\.code.expiresAt),
                \(\.grant.id.bucket), \(\.grant.id), \(\.grant.clientID), \(\.grant.userID),
                \(\.grant.sessionID.bucket), \(\.grant.sessionID), \(\.scopes), \(\.resources), \(\.grant.offline),
                \(\.grant.authTime), \(\.amr), \(\.grant.acr), \(\.grant.nonce), \(\.grant.claimsRequest),
                \(\.grant.createdAt), \(\.grant.expiresAt),
                \(\.record.time), \(\.record.requestID), \(\.record.actor), \(\.record.address), \(\.record.events),
                \(\.record.action), \(\.record.subject))
            AS issued (code_bucket, code_hash, redirect_uri, code_challenge, code_expires_at,
                       bucket, id, client_id, user_id, session_bucket, session_id, scopes, resources, offline,
                       auth_time, amr, acr, nonce, claims_request, created_at, expires_at,
                       record_time, request_id, actor, address, events, action, subject)
        ), coded AS (
            INSERT INTO authorization_codes (bucket, hash, grant_bucket, grant_id, client_id, redirect_uri,
                                             code_challenge, expires_at)
            SELECT code_bucket, code_hash, bucket, id, client_id, redirect_uri, code_challenge, code_expires_at
            FROM issued
            ON CONFLICT DO NOTHING
            RETURNING hash
        ), granted AS (
            INSERT INTO grants (bucket, id, client_id, user_id, session_bucket, session_id, consent_id, scopes,
                                resources, offline, auth_time, amr, acr, nonce, claims_request, created_at,
                                expires_at, refresh_ends_at, revoked_at)
            SELECT bucket, id, client_id, user_id, session_bucket, session_id,
                   (SELECT consent.id FROM user_consents consent
                    WHERE consent.user_id = issued.user_id AND consent.client_id = issued.client_id
                      AND consent.revoked_at IS NULL),
                   scopes::text[], resources::text[], offline, auth_time, amr::text[], acr, nonce, claims_request,
                   created_at, issued.expires_at,
                   CASE WHEN offline THEN issued.expires_at ELSE least(issued.expires_at, session.expires_at) END,
                   CASE WHEN NOT offline THEN session.ended_at END
            FROM issued JOIN coded ON coded.hash = issued.code_hash
            CROSS JOIN LATERAL lock_session(session_bucket, session_id) AS session
        ), told AS (
            INSERT INTO outbox (type, subject, time, data, request_id)
            SELECT event.value->>'type', event.value->>'subject', record_time, event.value->'data', request_id
            FROM issued JOIN coded ON coded.hash = issued.code_hash
            CROSS JOIN jsonb_array_elements(events::jsonb) WITH ORDINALITY AS event (value, place)
            ORDER BY coded.hash, event.place
        ), audited AS (
            INSERT INTO audit_logs (time, actor, action, subject, request_id, address)
            SELECT record_time, actor, action, subject, request_id, address
            FROM issued JOIN coded ON coded.hash = issued.code_hash
            WHERE action IS NOT NULL
        )
        SELECT hash FROM coded
        """, key: \.codeHash)
}
