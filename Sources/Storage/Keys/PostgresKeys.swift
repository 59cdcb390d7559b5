internal import JOSE
internal import Postgres
internal import Provider

/// Signing keys.
struct PostgresKeys: KeyStore {
    let database: Database

    func keys() async throws(OAuthError) -> [SigningKeyRecord] {
        try await database.ask(
            """
            SELECT kid, algorithm, state, sealed_private_key, public_jwk, created_at, activates_at, retires_at
            FROM signing_keys WHERE state <> 'retired' ORDER BY created_at, kid
            """
        ) { rows throws(DatabaseError) in
            var keys: [SigningKeyRecord] = []
            for row in rows {
                var columns = ColumnReader(row)
                keys.append(
                    SigningKeyRecord(
                        kid: try columns.next(), algorithm: try columns.next(), state: try columns.next(),
                        sealedPrivateKey: try columns.next(), publicJWK: try columns.next(),
                        createdAt: try columns.next(), activatesAt: try columns.next(),
                        retiresAt: try columns.next()))
            }
            return keys
        }
    }

    func publicKey(_ kid: String) async throws(OAuthError) -> JWK? {
        try await database.ask("SELECT public_jwk FROM signing_keys WHERE kid = \(kid)") { rows throws(DatabaseError) in
            guard let row = try rows.atMostOne() else { return nil }
            do { return try JWK(JSON.parse(try row.value(0, as: String.self))) } catch {
                throw .unexpectedResult(reason: "the public key cannot be read: \(error)")
            }
        }
    }

    func add(_ key: SigningKeyRecord, _ record: Record) async throws(OAuthError) {
        try await database.act(
            """
            WITH added AS (
                INSERT INTO signing_keys (kid, algorithm, state, sealed_private_key, public_jwk, created_at,
                                          activates_at, retires_at)
                VALUES (\(key.kid), \(key.algorithm), \(key.state), \(key.sealedPrivateKey), \(key.publicJWK),
                        \(key.createdAt), \(key.activatesAt), \(key.retiresAt))
                RETURNING kid
            )\(record.written(if: "added"))
            SELECT FROM added
            """)
    }

    func addFirst(_ key: SigningKeyRecord, _ record: Record) async throws(OAuthError) -> Bool {
        // The condition answers for the keys that are there, the unique index for those that come in the same moment.
        try await database.act(
            """
            WITH added AS (
                INSERT INTO signing_keys (kid, algorithm, state, sealed_private_key, public_jwk, created_at,
                                          activates_at, retires_at, first_of_algorithm)
                SELECT \(key.kid)::text, \(key.algorithm)::text, \(key.state)::text, \(key.sealedPrivateKey),
                       \(key.publicJWK)::text, \(key.createdAt), \(key.activatesAt), \(key.retiresAt), true
                WHERE NOT EXISTS (
                    SELECT FROM signing_keys WHERE algorithm = \(key.algorithm) AND state <> 'retired')
                ON CONFLICT (algorithm) WHERE first_of_algorithm AND state <> 'retired' DO NOTHING
                RETURNING kid
            )\(record.written(if: "added"))
            SELECT FROM added
            """
        ) { rows in !rows.isEmpty }
    }
}
