internal import Postgres
internal import Provider

extension Grant {
    /// What a statement over `grant_states g` lists for ``init(columns:)``.
    static let columns: SQL = """
        g.id, g.client_id, g.user_id, g.session_id, g.scopes, g.resources, g.offline, g.auth_time, g.amr, g.acr,
        g.nonce, g.claims_request, g.created_at, g.expires_at
        """
    /// How many columns that is.
    static let columnCount = 14

    init(columns: inout ColumnReader) throws(DatabaseError) {
        self.init(
            id: try columns.next(), clientID: try columns.next(), userID: try columns.next(),
            sessionID: try columns.next(), scopes: try columns.next(), resources: try columns.next(),
            offline: try columns.next(), authTime: try columns.next(), amr: try columns.next(),
            acr: try columns.next(), nonce: try columns.next(), claimsRequest: try columns.next(),
            createdAt: try columns.next(), expiresAt: try columns.next())
    }
}

/// A grant as the entry of a batch that inserts it. Lists travel as array literals: PostgreSQL has no array of arrays of
/// different lengths.
struct GrantEntry: Sendable {
    let grant: Grant

    var sessionDay: Int32 { grant.sessionID.bucket.value }
    var scopes: ArrayLiteral { ArrayLiteral(grant.scopes.names) }
    var resources: ArrayLiteral { ArrayLiteral(grant.resources) }
    var amr: ArrayLiteral { ArrayLiteral(grant.amr) }
    var consented: ArrayLiteral { ArrayLiteral(grant.consented.names) }

    /// The columns of `grants` that an insert fills.
    static let columns: SQL = """
        bucket, id, client_id, user_id, session_bucket, session_id, consent_id, scopes, resources, offline, auth_time,
        amr, acr, nonce, claims_request, created_at, expires_at, refresh_ends_at, revoked_at
        """
    /// The consent that a grant of `issued` stands on, under a lock of its row: whoever takes the consent back changes
    /// that row first and then, in a snapshot taken after it, revokes the grants that name it.
    static let consent: SQL = """
        LEFT JOIN LATERAL (
            SELECT c.id, c.scopes @> issued.consented::text[] AS covers FROM user_consents c
            WHERE c.user_id = issued.user_id AND c.client_id = issued.client_id AND c.revoked_at IS NULL FOR SHARE
        ) consent ON true
        """
    /// Whether what only a consent gives is given by none.
    static let lacksConsent: SQL = "issued.consented <> '{}' AND consent.covers IS NOT TRUE"
}
