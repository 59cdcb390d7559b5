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
