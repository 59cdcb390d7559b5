internal import Postgres
internal import Provider

/// The tokens of one answer with their record: the row of a coalesced insert.
struct MintedTokens: Sendable {
    let access: AccessToken
    let refresh: RefreshToken?
    let refreshBucket: Bucket?
    let refreshHash: [UInt8]?
    let record: RecordRows

    init(_ access: AccessToken, refresh: (row: RefreshToken, token: OpaqueToken)?, _ record: Record) {
        self.access = access
        self.refresh = refresh?.row
        refreshBucket = refresh?.token.bucket
        refreshHash = refresh?.token.hash
        self.record = RecordRows(record)
    }

    var scopes: ArrayLiteral { ArrayLiteral(access.scopes.names) }
    var audience: ArrayLiteral { ArrayLiteral(access.audience) }
    var refreshScopes: ArrayLiteral? { refresh.map { ArrayLiteral($0.scopes.names) } }

    static let insert = Batch<MintedTokens>(
        """
        WITH minted AS (
            SELECT * FROM unnest(
                \(\.access.bucket), \(\.access.id), \(\.access.clientID), \(\.access.userID),
                \(\.access.grantID?.bucket), \(\.access.grantID), \(\.scopes), \(\.audience), \(\.access.issuedAt),
                \(\.access.expiresAt),
                \(\.refreshBucket), \(\.refreshHash), \(\.refresh?.grantID), \(\.refresh?.clientID),
                \(\.refresh?.userID), \(\.refreshScopes), \(\.refresh?.issuedAt), \(\.refresh?.idleExpiresAt),
                \(\.record.time), \(\.record.requestID), \(\.record.actor), \(\.record.address), \(\.record.events),
                \(\.record.action), \(\.record.subject))
            AS minted (bucket, id, client_id, user_id, grant_bucket, grant_id, scopes, audience, issued_at, expires_at,
                       refresh_bucket, refresh_hash, refresh_grant_id, refresh_client_id, refresh_user_id,
                       refresh_scopes, refresh_issued_at, refresh_idle_expires_at,
                       record_time, request_id, actor, address, events, action, subject)
        ), accessed AS (
            INSERT INTO access_tokens (bucket, jti, client_id, user_id, grant_bucket, grant_id, scopes, audience,
                                       issued_at, expires_at)
            SELECT bucket, id, client_id, user_id, grant_bucket, grant_id, scopes::text[], audience::text[], issued_at,
                   expires_at
            FROM minted
            ON CONFLICT DO NOTHING
            RETURNING jti AS id
        ), refreshed AS (
            INSERT INTO refresh_tokens (bucket, hash, grant_id, client_id, user_id, scopes, issued_at, idle_expires_at)
            SELECT refresh_bucket, refresh_hash, refresh_grant_id, refresh_client_id, refresh_user_id,
                   refresh_scopes::text[], refresh_issued_at, refresh_idle_expires_at
            FROM minted JOIN accessed USING (id)
            WHERE refresh_hash IS NOT NULL
        ), told AS (
            INSERT INTO outbox (type, subject, time, data, request_id)
            SELECT event.value->>'type', event.value->>'subject', record_time, event.value->'data', request_id
            FROM minted JOIN accessed USING (id)
            CROSS JOIN jsonb_array_elements(events::jsonb) WITH ORDINALITY AS event (value, place)
            ORDER BY id, event.place
        ), audited AS (
            INSERT INTO audit_logs (time, actor, action, subject, request_id, address)
            SELECT record_time, actor, action, subject, request_id, address
            FROM minted JOIN accessed USING (id)
            WHERE action IS NOT NULL
        )
        SELECT id FROM accessed
        """, key: \.access.id)
}
