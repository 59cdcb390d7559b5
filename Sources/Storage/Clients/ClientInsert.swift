internal import Postgres
internal import Provider

extension Client {
    /// The CTEs of a statement that registers the client if `act` has a row: `registered` has a row then, and `scoped`
    /// writes its scopes.
    func registration(if act: SQL) -> SQL {
        let scopes = scopeRows
        return """
            registered AS (
                INSERT INTO clients (id, name, type, tenant_id, settings, origins, created_at, updated_at, issued_from)
                SELECT \(id)::text, \(name)::text, \(kind)::text, \(tenantID)::text, \(settings)::jsonb,
                       \(publicOrigins)::text[], \(createdAt), \(updatedAt),
                       -- What an earlier client of the same id had is dead (`registered_at`), and counted so.
                       CASE WHEN EXISTS (SELECT FROM access_tokens t
                                         WHERE t.client_id = \(id) AND t.client_id <> ''
                                           AND t.revoked_at IS NULL AND t.expires_at > \(createdAt))
                              OR EXISTS (SELECT FROM refresh_tokens t
                                         WHERE t.client_id = \(id) AND t.client_id <> ''
                                           AND t.rotated_at IS NULL AND t.idle_expires_at > \(createdAt))
                            THEN \(createdAt) END
                FROM \(act)
                RETURNING id
            ), scoped AS (
                INSERT INTO client_scopes (client_id, scope, allowed_position, default_position)
                SELECT registered.id, scope.name, scope.allowed, scope.preset
                FROM registered, unnest(\(scopes.names), \(scopes.allowed), \(scopes.presets))
                    AS scope (name, allowed, preset)
            )
            """
    }
}

extension ClientSecret {
    /// The statement that adds the secret to the client whose id is `client`, a column of `act`, if `act` has a row.
    func insert(for act: SQL, client: SQL) -> SQL {
        """
        INSERT INTO client_secrets (id, client_id, hash, created_at, expires_at)
        SELECT \(id)::text, \(client), \(hash), \(createdAt), \(expiresAt) FROM \(act)
        """
    }
}

/// A scope that was removed since the request was checked is the client's mistake, not the server's.
func namingUnknownScopes<Answer>(
    _ act: () async throws(OAuthError) -> Answer
) async throws(OAuthError) -> Answer {
    do { return try await act() } catch {
        guard error.detail?.contains("client_scopes_scope_fkey") == true else { throw error }
        throw OAuthError(
            .invalidClientMetadata, "The member 'allowedScopes' names a scope that does not exist.",
            parameter: "allowedScopes", detail: error.detail)
    }
}
