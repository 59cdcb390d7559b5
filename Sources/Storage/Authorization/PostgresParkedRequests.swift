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

    func claim(_ handle: OpaqueToken, by browserHash: [UInt8]) async throws(OAuthError) -> ParkedRequest? {
        let standing = try await database.ask(
            """
            SELECT \(Self.columns), browser_hash FROM authorization_requests
            WHERE bucket = \(handle.bucket) AND hash = \(handle.hash)
            """
        ) { rows throws(DatabaseError) in
            try rows.atMostOne().map { row throws(DatabaseError) in
                (request: try Self.request(row, of: browserHash), browserHash: try row.value(4, as: [UInt8]?.self))
            }
        }
        guard let standing else { return nil }
        if let owner = standing.browserHash { return owner == browserHash ? standing.request : nil }
        // An UPDATE that asks once more: of two first visits at once it lets only one browser's stand, and shows both
        // tabs of the same browser its row.
        return try await database.act(
            """
            UPDATE authorization_requests SET browser_hash = \(browserHash)
            WHERE bucket = \(handle.bucket) AND hash = \(handle.hash)
              AND (browser_hash IS NULL OR browser_hash = \(browserHash))
            RETURNING \(Self.columns)
            """
        ) { rows throws(DatabaseError) in
            try rows.atMostOne().map { row throws(DatabaseError) in try Self.request(row, of: browserHash) }
        }
    }

    private static let columns: SQL = "parameters, client_id, created_at, expires_at"

    private static func request(_ row: Row, of browserHash: [UInt8]) throws(DatabaseError) -> ParkedRequest {
        let (parameters, client, createdAt, expiresAt) = try row.values(
            JSON.self, ClientID.self, Instant.self, Instant.self)
        var values: [String: String] = [:]
        for member in parameters.object?.members ?? [] { values[member.name] = member.value.string }
        return ParkedRequest(
            parameters: values, clientID: client, createdAt: createdAt, expiresAt: expiresAt, browserHash: browserHash)
    }
}
