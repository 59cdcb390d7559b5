internal import JOSE
internal import Postgres
internal import Provider

/// Authorization requests that wait for their user.
struct PostgresParkedRequests: ParkedRequestStore {
    let database: Database

    /// A request with what its row is found by.
    private struct Parked: Sendable {
        let bucket: Bucket
        let hash: [UInt8]
        let clientID: ClientID
        let parameters: JSON
        let browserHash: [UInt8]?
        let createdAt: Instant
        let expiresAt: Instant
    }

    private static let insert = Batch<Parked>(
        """
        INSERT INTO authorization_requests (bucket, hash, client_id, parameters, browser_hash, created_at, expires_at)
        SELECT bucket, hash, client_id, parameters::jsonb, browser_hash, created_at, expires_at
        FROM unnest(\(\.bucket), \(\.hash), \(\.clientID), \(\.parameters), \(\.browserHash), \(\.createdAt),
                    \(\.expiresAt))
            AS parked (bucket, hash, client_id, parameters, browser_hash, created_at, expires_at)
        ON CONFLICT DO NOTHING
        RETURNING hash
        """, key: \.hash)

    func park(_ request: ParkedRequest, as handle: OpaqueToken) async throws(OAuthError) {
        let parameters = request.parameters.sorted { $0.key < $1.key }
        try await database.add(
            Self.insert,
            Parked(
                bucket: handle.bucket, hash: handle.hash, clientID: request.clientID,
                parameters: .object(JSONObject(parameters.map { ($0.key, .string($0.value)) })),
                browserHash: request.browserHash, createdAt: request.createdAt, expiresAt: request.expiresAt))
    }

    func claim(
        _ handle: OpaqueToken, by browserHash: [UInt8], with cookie: OpaqueToken?, at now: Instant
    ) async throws(OAuthError) -> (request: ParkedRequest, visit: Visit?)? {
        let standing = try await database.ask(
            """
            SELECT \(Self.columns), browser_hash, \(Self.visitColumns(of: cookie))
            FROM authorization_requests r \(Self.visit(of: cookie, at: now))
            WHERE r.bucket = \(handle.bucket.asHour(at: now)) AND r.hash = \(handle.hash)
            """
        ) { rows throws(DatabaseError) in
            try rows.atMostOne().map { row throws(DatabaseError) in
                var columns = ColumnReader(row)
                let request = try ParkedRequest(columns: &columns, of: browserHash)
                let owner: [UInt8]? = try columns.next()
                let isLoggedIn: Bool = try columns.next()
                return (request: request, owner: owner, visit: isLoggedIn ? try Visit(columns: &columns) : nil)
            }
        }
        guard let standing else { return nil }
        if let owner = standing.owner { return owner == browserHash ? (standing.request, standing.visit) : nil }
        // An UPDATE that asks once more: of two first visits at once it lets only one browser's stand, and shows both
        // tabs of the same browser its row.
        let claimed = try await database.act(
            """
            UPDATE authorization_requests r SET browser_hash = \(browserHash)
            WHERE r.bucket = \(handle.bucket.asHour(at: now)) AND r.hash = \(handle.hash)
              AND (r.browser_hash IS NULL OR r.browser_hash = \(browserHash))
            RETURNING \(Self.columns)
            """
        ) { rows throws(DatabaseError) in
            try rows.atMostOne().map { row throws(DatabaseError) in
                var columns = ColumnReader(row)
                return try ParkedRequest(columns: &columns, of: browserHash)
            }
        }
        return claimed.map { ($0, standing.visit) }
    }

    private static let columns: SQL = "r.parameters, r.client_id, r.created_at, r.expires_at"

    /// Whether somebody is logged in, and who it is.
    private static func visitColumns(of cookie: OpaqueToken?) -> SQL {
        cookie == nil ? "false" : "u.id IS NOT NULL, \(Visit.columns)"
    }

    /// Who comes with this cookie to the client of the request `r`.
    private static func visit(of cookie: OpaqueToken?, at now: Instant) -> SQL {
        guard let cookie else { return "" }
        return """
            LEFT JOIN sessions s ON s.bucket = \(cookie.bucket.asDay(at: now)) AND s.cookie_hash = \(cookie.hash)
                AND s.ended_at IS NULL AND s.expires_at > \(now)
            LEFT JOIN users u ON u.id = s.user_id
            LEFT JOIN user_consents c
                ON c.user_id = s.user_id AND c.client_id = r.client_id AND c.revoked_at IS NULL
            """
    }
}

extension ParkedRequest {
    fileprivate init(columns: inout ColumnReader, of browserHash: [UInt8]) throws(DatabaseError) {
        let parameters: JSON = try columns.next()
        var values: [String: String] = [:]
        for member in parameters.object?.members ?? [] { values[member.name] = member.value.string }
        self.init(
            parameters: values, clientID: try columns.next(), createdAt: try columns.next(),
            expiresAt: try columns.next(), browserHash: browserHash)
    }
}
