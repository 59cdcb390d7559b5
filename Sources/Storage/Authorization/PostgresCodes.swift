internal import Postgres
internal import Provider

/// Grants and authorization codes.
struct PostgresCodes: CodeStore {
    let database: Database
    /// The grants of codes that were issued here lately: it never changes which one a code belongs to.
    private let grants = RecentValues<[UInt8], GrantID>(capacity: 2048)

    init(database: Database) { self.database = database }

    func issue(
        _ code: AuthorizationCode, as token: OpaqueToken, grant: Grant
    ) async throws(OAuthError) {
        let issued = IssuedCode(code, as: token, grant: grant)
        try await database.add(IssuedCode.insert, issued)
        grants.keep(grant.id, of: issued.codeHash)
    }

    func open(_ opening: GrantOpening, _ trail: Trail) async throws(OAuthError) {
        try await database.add(OpenedGrant.insert, OpenedGrant(opening, trail))
        if let code = opening.code { grants.keep(opening.grant.id, of: code.token.hash) }
    }

    func redeem(
        _ code: OpaqueToken, client: ClientID, redirectURI: String, challenge: String?, at now: Instant
    ) async throws(OAuthError) -> CodeRedemption {
        let hash = code.hash
        guard let grant = try await self.grant(of: hash, code.bucket.asHour(at: now)) else { return .unknown }
        let redeeming = Redeeming(
            hash: hash, hour: code.bucket.value, grant: grant, client: client, redirectURI: redirectURI,
            challenge: challenge, now: now)
        return try await database.settle(
            { () throws(DatabaseError) in try await database.change(Redeeming.batch, redeeming) },
            Self.redeemed, whyNot: redeeming.whyNot, Self.refusal)
    }

    func grant(of code: OpaqueToken, client: ClientID, at now: Instant) async throws(OAuthError) -> GrantID? {
        try await database.ask(
            """
            SELECT grant_id FROM authorization_codes
            WHERE bucket = \(code.bucket.asHour(at: now)) AND hash = \(code.hash) AND client_id = \(client)
              AND redeemed_at IS NULL AND expires_at > \(now)
            """
        ) { rows throws(DatabaseError) in try rows.atMostOne()?.value(0) }
    }

    /// Whose partition has to be known before the statement is planned for it.
    private func grant(of hash: [UInt8], _ hour: SQL) async throws(OAuthError) -> GrantID? {
        if let grant = grants.value(of: hash) { return grant }
        return try await database.ask(
            "SELECT grant_id FROM authorization_codes WHERE bucket = \(hour) AND hash = \(hash)"
        ) { rows throws(DatabaseError) in try rows.atMostOne()?.value(0) }
    }

    private static func redeemed(_ row: Row) throws(DatabaseError) -> CodeRedemption {
        var columns = ColumnReader(row)
        columns.skip(1)
        return .redeemed(try Grant(columns: &columns), try User(columns: &columns))
    }

    private static func refusal(_ row: Row?) throws(DatabaseError) -> Attempt<CodeRedemption> {
        guard let row else { return .settled(.unknown) }
        let (outcome, grantID, owner) = try row.values(String.self, GrantID.self, ClientID.self)
        switch outcome {
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

/// A redemption as the entry of a batch.
private struct Redeeming: Sendable {
    let hash: [UInt8]
    let hour: Int32
    let grant: GrantID
    let client: ClientID
    let redirectURI: String
    let challenge: String?
    let now: Instant

    var day: Int32 { grant.bucket.value }

    /// Consumes a code only if everything matches.
    static let batch = Batch<Redeeming>(
        """
        WITH asked AS MATERIALIZED (
            SELECT * FROM unnest(
                \(\.hash), \(\.grant), \(\.client), \(\.redirectURI), \(\.challenge), \(\.now))
            AS asked (hash, grant_id, client_id, redirect_uri, code_challenge, now)
            LIMIT \(.count)
        )
        UPDATE authorization_codes c SET redeemed_at = asked.now
        FROM asked
        JOIN grant_states g ON g.bucket = \(constant: \.day) AND g.id = asked.grant_id
        JOIN users u ON u.id = g.user_id
        WHERE c.bucket = \(constant: \.hour) AND c.hash = asked.hash
          AND c.client_id = asked.client_id AND c.redirect_uri = asked.redirect_uri
          AND c.code_challenge IS NOT DISTINCT FROM asked.code_challenge
          AND c.redeemed_at IS NULL AND c.expires_at > asked.now
          AND g.alive AND g.expires_at > asked.now
        RETURNING c.hash, \(Grant.columns), \(User.columns)
        """, key: \.hash, locksRows: true)

    /// What does not match, or has happened before.
    var whyNot: SQL {
        """
        SELECT CASE
                   WHEN c.client_id <> \(client) THEN 'client_id'
                   WHEN c.redirect_uri <> \(redirectURI) THEN 'redirect_uri'
                   WHEN c.code_challenge IS DISTINCT FROM \(challenge) THEN 'code_verifier'
                   WHEN c.redeemed_at IS NOT NULL THEN 'already'
                   WHEN c.expires_at > \(now) AND g.alive AND g.expires_at > \(now) AND u.id IS NOT NULL THEN 'raced'
                   ELSE 'expired'
               END,
               c.grant_id, c.client_id
        FROM authorization_codes c
        LEFT JOIN grant_states g ON g.bucket = \(constant: day) AND g.id = \(grant)
        LEFT JOIN users u ON u.id = g.user_id
        WHERE c.bucket = \(constant: hour) AND c.hash = \(hash)
        """
    }
}
