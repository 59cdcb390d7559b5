import Postgres
import Provider
import Testing

@testable import Storage

@Suite("Devices that wait for their users (RFC 8628)")
struct DeviceStoreTests {
    /// A device that waits, and the login of the user who may decide.
    private struct Waiting: Sendable {
        let login: World.Login
        let code: OpaqueToken
        let userCode: [UInt8]
        let device: UndecidedDevice
    }

    private func waiting(_ world: World) async throws -> Waiting {
        let (login, userCode) = (try await world.loggedIn(), world.bytes())
        let code = OpaqueToken(.deviceCode, bucket: .hour(of: world.now + 600), secret: world.bytes())
        #expect(try await world.stores.devices.begin(asked(login, world), as: code, userCodeHash: userCode))
        let device = try #require(
            try await world.stores.devices.claim(userCodeHash: userCode, by: login.user.id, at: world.now))
        return Waiting(login: login, code: code, userCode: userCode, device: device)
    }

    private func asked(_ login: World.Login, _ world: World) -> DeviceAuthorization {
        DeviceAuthorization(
            clientID: login.client.id, scopes: ScopeList(["openid", "profile"]), resources: ["https://api.example"],
            createdAt: world.now, expiresAt: world.now + 600, pollInterval: 5)
    }

    private func grant(_ waiting: Waiting, _ world: World) -> Grant {
        let expiresAt = waiting.login.session.expiresAt
        return Grant(
            id: GrantID(bucket: .day(of: expiresAt, from: world.now), random: world.name()),
            clientID: waiting.login.client.id, userID: waiting.login.user.id, sessionID: waiting.login.session.id,
            scopes: ScopeList(["openid"]), resources: ["https://api.example"], offline: false, authTime: world.now,
            amr: ["pwd"], acr: "urn:acr", nonce: nil, claimsRequest: nil, createdAt: world.now, expiresAt: expiresAt)
    }

    private func poll(_ waiting: Waiting, _ world: World, after seconds: Int) async throws -> DevicePoll {
        try await world.stores.devices.poll(waiting.code, client: waiting.login.client.id, at: world.now + seconds)
    }

    @Test("What was asked is found by the user code until it is decided or over (RFC 8628 §3.3)")
    func found() async throws {
        try await withStores { world in
            let waiting = try await waiting(world)
            #expect(waiting.device.authorization == asked(waiting.login, world))
            let (devices, user) = (world.stores.devices, waiting.login.user.id)
            #expect(try await devices.claim(userCodeHash: waiting.userCode, by: user, at: world.now) == waiting.device)
            #expect(try await devices.claim(userCodeHash: waiting.userCode, by: user, at: world.now + 600) == nil)
            #expect(try await devices.claim(userCodeHash: world.bytes(), by: user, at: world.now) == nil)
            #expect(try await devices.decide(waiting.device, grant: nil, world.record()))
            #expect(try await devices.claim(userCodeHash: waiting.userCode, by: user, at: world.now) == nil)
        }
    }

    @Test("It belongs to whoever opens it first; nobody else finds or decides it (CVE-2026-45337)")
    func claimed() async throws {
        try await withStores { world in
            let (waiting, other) = (try await waiting(world), try await world.created())
            let devices = world.stores.devices
            #expect(try await devices.claim(userCodeHash: waiting.userCode, by: other.id, at: world.now) == nil)
            var stolen = waiting.device
            stolen.userID = other.id
            #expect(try await !devices.decide(stolen, grant: nil, world.record()))
            #expect(try await devices.decide(waiting.device, grant: grant(waiting, world), world.record()))
        }
    }

    @Test("Two devices that wait at once never have the same user code (RFC 8628 §3.2)")
    func taken() async throws {
        try await withStores { world in
            let waiting = try await waiting(world)
            for bucket in [waiting.code.bucket, Bucket(waiting.code.bucket.value + 1)] {
                let code = OpaqueToken(.deviceCode, bucket: bucket, secret: world.bytes())
                #expect(
                    try await !world.stores.devices.begin(
                        asked(waiting.login, world), as: code, userCodeHash: waiting.userCode))
            }
        }
    }

    @Test("A poll is pending; one too soon costs five seconds more for good (RFC 8628 §3.5)")
    func polling() async throws {
        try await withStores { world in
            let waiting = try await waiting(world)
            #expect(try await poll(waiting, world, after: 0) == .pending)
            #expect(try await poll(waiting, world, after: 5) == .pending)
            #expect(try await poll(waiting, world, after: 9) == .tooSoon)
            #expect(try await poll(waiting, world, after: 18) == .tooSoon, "10 seconds by now")
            #expect(try await poll(waiting, world, after: 33) == .pending, "15 seconds by now")
            #expect(try await poll(waiting, world, after: 600) == .expired)
            let stranger = try await world.registered()
            #expect(
                try await world.stores.devices.poll(waiting.code, client: stranger.id, at: world.now + 60) == .unknown)
            let forged = OpaqueToken(.deviceCode, bucket: waiting.code.bucket, secret: world.bytes())
            #expect(
                try await world.stores.devices.poll(forged, client: waiting.login.client.id, at: world.now) == .unknown)
        }
    }

    @Test("What the user allowed is fetched once, however soon the device asks (RFC 8628 §3.5)")
    func approved() async throws {
        try await withStores { world in
            let (waiting, devices) = (try await waiting(world), world.stores.devices)
            let (grant, record, client) = (grant(waiting, world), world.record(), waiting.login.client.id)
            #expect(try await poll(waiting, world, after: 0) == .pending)
            #expect(try await devices.decide(waiting.device, grant: grant, record))
            #expect(try await world.written(record) == [1, 1])
            #expect(try await poll(waiting, world, after: 1) == .approved(grant.id))
            let fetched = try #require(
                try await devices.redeem(waiting.code, client: client, grant: grant.id, at: world.now + 1))
            #expect(fetched.grant == grant)
            #expect(fetched.user.id == waiting.login.user.id)
            #expect(try await devices.redeem(waiting.code, client: client, grant: grant.id, at: world.now + 1) == nil)
            #expect(try await poll(waiting, world, after: 2) == .redeemed(grant.id))
        }
    }

    @Test("Of 32 decisions one counts, and of 32 redemptions one gets the grant")
    func races() async throws {
        try await withStores { world in
            let waiting = try await waiting(world)
            let decided = try await together { [self] in
                let grant = grant(waiting, world)
                return try await world.stores.devices.decide(waiting.device, grant: grant, world.record())
                    ? grant.id : nil
            }
            #expect(decided.count == 1)
            let winner = try #require(decided.first)
            let redeemed = try await together {
                try await world.stores.devices.redeem(
                    waiting.code, client: waiting.login.client.id, grant: winner, at: world.now)?.grant.id
            }
            #expect(redeemed == [winner])
        }
    }

    @Test("A denial is final")
    func denied() async throws {
        try await withStores { world in
            let (waiting, devices) = (try await waiting(world), world.stores.devices)
            #expect(try await devices.decide(waiting.device, grant: nil, world.record()))
            #expect(try await poll(waiting, world, after: 1) == .denied)
            #expect(try await !devices.decide(waiting.device, grant: grant(waiting, world), world.record()))
            #expect(try await poll(waiting, world, after: 700) == .denied)
        }
    }

    @Test("A grant of a session that has ended, or ends before the device asks, gives nothing")
    func endedSession() async throws {
        try await withStores { world in
            for endsFirst in [true, false] {
                let waiting = try await waiting(world)
                let (devices, grant) = (world.stores.devices, grant(waiting, world))
                let end = { _ = try await world.stores.sessions.end(waiting.login.session.id, world.record()) }
                if endsFirst { try await end() }
                #expect(try await devices.decide(waiting.device, grant: grant, world.record()))
                if !endsFirst { try await end() }
                let client = waiting.login.client.id
                #expect(
                    try await devices.redeem(waiting.code, client: client, grant: grant.id, at: world.now) == nil)
            }
        }
    }

    private func together<T: Sendable>(_ body: @escaping @Sendable () async throws -> T?) async throws -> [T] {
        try await withThrowingTaskGroup(of: T?.self) { group in
            for _ in 0..<32 { group.addTask { try await body() } }
            return try await group.reduce(into: []) { all, value in if let value { all.append(value) } }
        }
    }
}
