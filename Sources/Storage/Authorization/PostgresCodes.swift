internal import Postgres
internal import Provider

/// Grants and authorization codes.
struct PostgresCodes: CodeStore {
    let database: Database

    func issue(
        _ code: AuthorizationCode, as token: OpaqueToken, grant: Grant, _ record: Record
    ) async throws(OAuthError) {
        try await database.add(IssuedCode.insert, IssuedCode(code, as: token, grant: grant, record))
    }

    func redeem(
        _ code: OpaqueToken, client: ClientID, redirectURI: String, challenge: String?, at now: Instant
    ) async throws(OAuthError) -> CodeRedemption {
        // Whoever loses is told why by the row as this statement's snapshot has it. A snapshot from before the
        // winner's commit shows nothing wrong; the next one does.
        try await database.settle(
            """
            WITH g AS MATERIALIZED (
                SELECT \(Grant.columns), g.alive
                FROM authorization_codes c CROSS JOIN LATERAL grant_state(c.grant_bucket, c.grant_id) g
                WHERE c.bucket = \(code.bucket) AND c.hash = \(code.hash)
            ), redeemed AS (
                UPDATE authorization_codes c SET redeemed_at = \(now)
                FROM g JOIN users u ON u.id = g.user_id
                WHERE c.bucket = \(code.bucket) AND c.hash = \(code.hash)
                  AND c.client_id = \(client) AND c.redirect_uri = \(redirectURI)
                  AND c.code_challenge IS NOT DISTINCT FROM \(challenge)
                  AND c.redeemed_at IS NULL AND c.expires_at > \(now)
                  AND g.alive AND g.expires_at > \(now)
                RETURNING true AS won
            )
            SELECT CASE
                       WHEN redeemed.won THEN 'redeemed'
                       WHEN c.client_id <> \(client) THEN 'client_id'
                       WHEN c.redirect_uri <> \(redirectURI) THEN 'redirect_uri'
                       WHEN c.code_challenge IS DISTINCT FROM \(challenge) THEN 'code_verifier'
                       WHEN c.redeemed_at IS NOT NULL THEN 'already'
                       WHEN c.expires_at > \(now) AND g.alive AND g.expires_at > \(now) AND u.id IS NOT NULL
                           THEN 'raced'
                       ELSE 'expired'
                   END,
                   c.grant_id, c.client_id, \(Grant.columns), \(User.columns)
            FROM authorization_codes c
            LEFT JOIN g ON true
            LEFT JOIN users u ON u.id = g.user_id
            LEFT JOIN redeemed ON true
            WHERE c.bucket = \(code.bucket) AND c.hash = \(code.hash)
            """, Self.redemption)
    }

    private static func redemption(_ rows: Rows) throws(DatabaseError) -> Attempt<CodeRedemption> {
        guard let row = try rows.atMostOne() else { return .settled(.unknown) }
        var columns = ColumnReader(row)
        let (outcome, grantID, owner): (String, GrantID, ClientID) = (
            try columns.next(), try columns.next(), try columns.next()
        )
        switch outcome {
        case "redeemed": return .settled(.redeemed(try Grant(columns: &columns), try User(columns: &columns)))
        case "already": return .settled(.alreadyRedeemed(grantID, owner))
        case "expired": return .settled(.expired)
        case "raced": return .raced
        default:
            guard let field = CodeRedemption.Field(rawValue: outcome) else {
                throw .unexpectedResult(reason: "outcome \(outcome)")
            }
            return .settled(.mismatch(field))
        }
    }
}
