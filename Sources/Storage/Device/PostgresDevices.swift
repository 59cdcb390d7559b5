internal import Postgres
internal import Provider

/// Devices that wait for their users.
struct PostgresDevices: DeviceStore {
    let database: Database

    func begin(
        _ device: DeviceAuthorization, as code: OpaqueToken, userCodeHash: [UInt8]
    ) async throws(OAuthError) -> Bool {
        // The key of a user code holds within its hour; the hours beside it are asked.
        try await database.act(
            """
            INSERT INTO device_authorizations (bucket, hash, user_code_hash, client_id, scopes, resources, created_at,
                                               expires_at, poll_seconds)
            SELECT \(code.bucket), \(code.hash), \(userCodeHash), \(device.clientID), \(device.scopes),
                   \(device.resources), \(device.createdAt), \(device.expiresAt), \(Int32(device.pollInterval))
            WHERE NOT EXISTS (
                SELECT FROM device_authorizations other
                WHERE \(Self.liveBuckets(at: device.createdAt)) AND other.user_code_hash = \(userCodeHash)
                  AND other.expires_at > \(device.createdAt))
            ON CONFLICT DO NOTHING
            RETURNING hash
            """
        ) { rows in !rows.isEmpty }
    }

    func claim(
        userCodeHash: [UInt8], by user: UserID, at now: Instant
    ) async throws(OAuthError) -> UndecidedDevice? {
        try await database.act(
            """
            UPDATE device_authorizations other SET user_id = \(user)
            WHERE \(Self.liveBuckets(at: now)) AND user_code_hash = \(userCodeHash)
              AND decided_at IS NULL AND expires_at > \(now) AND (user_id IS NULL OR user_id = \(user))
            RETURNING bucket, hash, client_id, scopes, resources, created_at, expires_at, poll_seconds
            """
        ) { rows throws(DatabaseError) in
            guard let row = try rows.atMostOne() else { return nil }
            var columns = ColumnReader(row)
            return UndecidedDevice(
                bucket: Bucket(try columns.next()), hash: try columns.next(), userID: user,
                authorization: DeviceAuthorization(
                    clientID: try columns.next(), scopes: try columns.next(), resources: try columns.next(),
                    createdAt: try columns.next(), expiresAt: try columns.next(),
                    pollInterval: Int(try columns.next(Int32.self))))
        }
    }

    func decide(
        _ device: UndecidedDevice, grant: Grant?, _ record: Record
    ) async throws(OAuthError) -> Bool {
        let now = record.trail.now
        var granted: SQL = ""
        if let grant { granted = ", granted AS (\(Self.insert(grant)))" }
        return try await database.act(
            """
            WITH decided AS (
                UPDATE device_authorizations
                SET decided_at = \(now), grant_bucket = \(grant?.id.bucket), grant_id = \(grant?.id)
                WHERE bucket = \(device.bucket.asHour(at: now)) AND hash = \(device.hash)
                  AND user_id = \(device.userID) AND decided_at IS NULL AND expires_at > \(now)
                RETURNING hash
            )\(granted)\(record.written(if: "decided"))
            SELECT FROM decided
            """
        ) { rows in !rows.isEmpty }
    }

    /// The grant's row, if `decided` has one. It takes over what its session's row says, under a lock of the row
    /// (`end_session` waits for such locks), and stands on a consent, as a grant that comes with a code does.
    private static func insert(_ grant: Grant) -> SQL {
        """
        INSERT INTO grants (bucket, id, client_id, user_id, session_bucket, session_id, consent_id, scopes, resources,
                            offline, auth_time, amr, acr, nonce, claims_request, created_at, expires_at,
                            refresh_ends_at, revoked_at)
        SELECT \(grant.id.bucket), \(grant.id), \(grant.clientID), \(grant.userID), \(grant.sessionID.bucket),
               \(grant.sessionID),
               consent.id,
               \(grant.scopes), \(grant.resources), \(grant.offline), \(grant.authTime), \(grant.amr), \(grant.acr),
               \(grant.nonce), \(grant.claimsRequest), \(grant.createdAt), \(grant.expiresAt),
               CASE WHEN \(grant.offline) THEN \(grant.expiresAt)
                    ELSE least(\(grant.expiresAt), coalesce(session.expires_at, '-infinity')) END,
               CASE WHEN \(!grant.consented.isEmpty) AND consent.covers IS NOT TRUE OR session.id IS NULL THEN '-infinity'
                    ELSE session.ended_at END
        FROM decided
        LEFT JOIN LATERAL (
            SELECT s.id, s.ended_at, s.expires_at FROM sessions s
            WHERE s.bucket = \(constant: grant.sessionID.bucket.value) AND s.id = \(grant.sessionID) FOR SHARE
        ) session ON true
        LEFT JOIN LATERAL (
            SELECT c.id, c.scopes @> \(grant.consented) AS covers FROM user_consents c
            WHERE c.user_id = \(grant.userID) AND c.client_id = \(grant.clientID) AND c.revoked_at IS NULL FOR SHARE
        ) consent ON true
        """
    }

    func poll(_ code: OpaqueToken, client: ClientID, at now: Instant) async throws(OAuthError) -> DevicePoll {
        let hour = code.bucket.asHour(at: now)
        // Half a second is what the network may take away from a device that keeps its time.
        return try await database.act(
            """
            WITH found AS MATERIALIZED (
                SELECT decided_at, grant_id, redeemed_at, expires_at <= \(now) AS is_over, poll_seconds,
                       polled_at + make_interval(secs => poll_seconds - 0.5) > \(now) AS is_too_soon
                FROM device_authorizations
                WHERE bucket = \(hour) AND hash = \(code.hash) AND client_id = \(client) FOR UPDATE
            ), polled AS (
                UPDATE device_authorizations device
                SET polled_at = \(now),
                    poll_seconds = found.poll_seconds + CASE WHEN found.is_too_soon THEN 5 ELSE 0 END
                FROM found
                WHERE device.bucket = \(hour) AND device.hash = \(code.hash)
                  AND found.decided_at IS NULL AND NOT found.is_over
            )
            SELECT CASE WHEN redeemed_at IS NOT NULL THEN 'redeemed'
                        WHEN decided_at IS NOT NULL AND grant_id IS NULL THEN 'denied'
                        WHEN is_over THEN 'expired'
                        WHEN decided_at IS NOT NULL THEN 'approved'
                        WHEN is_too_soon THEN 'too_soon'
                        ELSE 'pending' END,
                   grant_id
            FROM found
            """
        ) { rows throws(DatabaseError) in
            guard let row = try rows.atMostOne() else { return .unknown }
            let (outcome, grant) = try row.values(String.self, GrantID?.self)
            switch (outcome, grant) {
            case ("redeemed", let grant?): return .redeemed(grant)
            case ("approved", let grant?): return .approved(grant)
            case ("denied", _): return .denied
            case ("expired", _): return .expired
            case ("too_soon", _): return .tooSoon
            case ("pending", _): return .pending
            default: throw .unexpectedResult(reason: "outcome \(outcome)")
            }
        }
    }

    func redeem(
        _ code: OpaqueToken, client: ClientID, grant: GrantID, at now: Instant
    ) async throws(OAuthError) -> (grant: Grant, user: User)? {
        try await database.act(
            """
            UPDATE device_authorizations device SET redeemed_at = \(now)
            FROM grant_states g JOIN users u ON u.id = g.user_id
            WHERE device.bucket = \(code.bucket.asHour(at: now)) AND device.hash = \(code.hash)
              AND device.client_id = \(client) AND device.grant_id = \(grant) AND device.redeemed_at IS NULL
              AND g.bucket = \(grant.bucket.asDay(at: now)) AND g.id = \(grant)
              AND g.alive AND g.expires_at > \(now)
            RETURNING \(Grant.columns), \(User.columns)
            """
        ) { rows throws(DatabaseError) in
            guard let row = try rows.atMostOne() else { return nil }
            var columns = ColumnReader(row)
            return (try Grant(columns: &columns), try User(columns: &columns))
        }
    }

    /// Where authorizations are that can still be decided on: the hours in which they expire begin now.
    private static func liveBuckets(at now: Instant) -> SQL {
        let hour = Bucket.hour(of: now).value
        return "other.bucket BETWEEN \(constant: hour) AND \(constant: hour + 1)"
    }
}
