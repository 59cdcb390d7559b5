internal import Postgres
internal import Provider

/// Tokens as operators and their owners see them. Lists by client read an index from where the page begins; those of a
/// user or a grant begin with the user's grants, which are few. Revocations have a file of their own.
struct PostgresIssuedTokens: IssuedTokenStore {
    let database: Database

    func tokens(
        _ filter: TokenFilter, _ page: PageRequest, at now: Instant
    ) async throws(OAuthError) -> Page<IssuedToken> {
        let order: TokenPlace.Order = filter.userID == nil && filter.grantID == nil ? .byClient : .byGrant
        let place = try page.cursor.map { text throws(OAuthError) in try TokenPlace(text, order) }
        let listing = TokenListing(filter: filter, limit: page.rowsToExamine, now: now)
        var rows: [ExaminedToken] = []
        // One after the other, until there are enough for the page.
        for statement in listing.statements(from: place, order) where rows.count < page.rowsToExamine {
            rows += try await database.ask(statement) { rows throws(DatabaseError) in
                var examined: [ExaminedToken] = []
                for row in rows { examined.append(try ExaminedToken(row)) }
                return examined
            }
        }
        let examined = rows.prefix(page.rowsToExamine).map { (position: $0.place, item: $0.token) }
        return page.page(examined: examined) { $0.text(order) }
    }

    func accessToken(_ id: TokenID, at now: Instant) async throws(OAuthError) -> AccessToken? {
        try await database.ask(
            """
            SELECT \(AccessToken.columns) FROM access_tokens t
            WHERE t.jti = \(id) AND t.bucket >= \(Bucket.day(of: now)) AND t.expires_at > \(now)
            """
        ) { rows throws(DatabaseError) in
            // Of 128 random bits there are no two.
            guard let row = try rows.atMostOne() else { return nil }
            var columns = ColumnReader(row)
            return try AccessToken(columns: &columns)
        }
    }

    func refreshToken(_ id: RefreshTokenID, at now: Instant) async throws(OAuthError) -> RefreshToken? {
        try await database.ask(
            """
            SELECT \(RefreshToken.columns) FROM refresh_tokens t
            WHERE t.bucket = \(id.bucket.asDay(at: now)) AND t.hash = \(id.hash)
            """
        ) { rows throws(DatabaseError) in
            guard let row = try rows.atMostOne() else { return nil }
            var columns = ColumnReader(row)
            return try RefreshToken(columns: &columns)
        }
    }
}
