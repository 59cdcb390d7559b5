internal import Postgres
internal import Provider

/// Taking a scope from everybody who has it. What that touches can be much, so the events that tell of it are written by
/// the statements themselves; they look as `Event` writes them.
extension Transaction {
    /// Ends consents to it, as far as it goes, and the grants and tokens that have it: also those of clients that may not
    /// have it any more. No index helps with that; it is a rare act.
    func endWhatHas(_ scope: String, _ trail: Trail) async throws(DatabaseError) {
        let (now, requestID) = (trail.now, trail.requestID)
        // Consents before grants: a grant is written under a lock of the consent it stands on, and whoever comes later
        // finds that it does not cover the scope any more.
        _ = try await query(
            """
            WITH narrowed AS (
                UPDATE user_consents
                -- One that ends says for ever what it was to.
                SET scopes = CASE WHEN cardinality(scopes) > 1 THEN array_remove(scopes, \(scope)) ELSE scopes END,
                    revoked_at = CASE WHEN cardinality(scopes) = 1 THEN \(now) END,
                    revoked_by = CASE WHEN cardinality(scopes) = 1 THEN 'scope_deleted' END
                WHERE revoked_at IS NULL AND scopes @> \([scope])::text[]
                RETURNING id, user_id, client_id
            )
            INSERT INTO outbox (type, subject, time, data, request_id)
            SELECT 'oauth2.consent.revoked', user_id, \(now),
                   jsonb_build_object('userId', user_id, 'clientId', client_id, 'scope', \(scope)::text),
                   \(requestID)::text
            FROM narrowed ORDER BY id
            """)
        _ = try await query(
            """
            WITH ended AS (
                UPDATE grants SET revoked_at = \(now)
                WHERE scopes @> \([scope])::text[] AND revoked_at IS NULL AND expires_at > \(now)
                RETURNING id, client_id, user_id, scopes
            )
            INSERT INTO outbox (type, subject, time, data, request_id)
            SELECT 'oauth2.token.revoked', id, \(now),
                   jsonb_build_object('tokenType', 'grant', 'grantId', id, 'clientId', client_id, 'userId', user_id,
                                      'scope', array_to_string(scopes, ' ')),
                   \(requestID)::text
            FROM ended ORDER BY id
            """)
        // Those of services, which have no grant.
        _ = try await query(
            """
            WITH ended AS (
                UPDATE access_tokens SET revoked_at = \(now)
                WHERE scopes @> \([scope])::text[] AND revoked_at IS NULL AND expires_at > \(now) AND grant_id IS NULL
                RETURNING jti, client_id, scopes
            )
            INSERT INTO outbox (type, subject, time, data, request_id)
            SELECT 'oauth2.token.revoked', jti, \(now),
                   jsonb_build_object('tokenType', 'access_token', 'jti', jti, 'clientId', client_id,
                                      'scope', array_to_string(scopes, ' ')),
                   \(requestID)::text
            FROM ended ORDER BY jti
            """)
    }

    /// Takes it from the clients that may have it.
    func withdraw(_ scope: String, _ trail: Trail) async throws(DatabaseError) {
        let (now, requestID) = (trail.now, trail.requestID)
        _ = try await query(
            """
            WITH withdrawn AS (
                DELETE FROM client_scopes WHERE scope = \(scope) RETURNING client_id
            ), changed AS (
                UPDATE clients SET updated_at = greatest(\(now), updated_at + interval '1 millisecond')
                FROM withdrawn WHERE id = withdrawn.client_id RETURNING id
            )
            INSERT INTO outbox (type, subject, time, data, request_id)
            SELECT 'oauth2.client.updated', id, \(now), jsonb_build_object('clientId', id), \(requestID)::text
            FROM changed ORDER BY id
            """)
    }
}
