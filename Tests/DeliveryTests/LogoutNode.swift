import Crypto
import Delivery
import EventLoop
import Foundation
import HTTPClient
import JOSE
import Postgres
import Provider
import Storage
import Synchronization
import TLS
import TestDatabases

/// One server of several, as far as logout tokens go: a loop with its own links to one database, the keys that sign, and
/// a dispatcher with short pauses.
final class LogoutNode: Sendable {
    let loop: Loop
    let provider: OpenIDProvider
    let dispatcher: LogoutDispatcher
    private let database: Database
    private let reporter = Reporter()

    static let issuer = "https://id.example"

    /// What servers of one installation share.
    struct Installation: Sendable {
        let place: ThrowAwayDatabase
        let master: MasterKey
        let keys: [SigningKeyRecord]

        static func fresh() async throws -> Installation {
            let master = MasterKey(try .random())
            let keys = try [SigningKey.generate(.rsa2048), .generate(.p256)].map { key in
                try master.record(of: key, createdAt: wallClock(), activatesAt: wallClock())
            }
            return Installation(place: try await ThrowAwayDatabase.fresh(), master: master, keys: keys)
        }
    }

    /// Runs a body beside a node that works, which is stopped afterwards.
    static func run(
        of installation: Installation? = nil, allowing allowance: String = "127.0.0.1",
        _ change: (inout LogoutDispatcher.Configuration) -> Void = { _ in },
        _ body: (LogoutNode) async throws -> Void
    ) async throws {
        let installation = if let installation { installation } else { try await Installation.fresh() }
        let node = try LogoutNode(installation, allowing: allowance, change)
        node.dispatcher.start()
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(node)) } catch { outcome = .failure(error) }
        await node.stop()
        try outcome.get()
    }

    init(
        _ installation: Installation, allowing allowance: String = "127.0.0.1",
        _ change: (inout LogoutDispatcher.Configuration) -> Void = { _ in }
    ) throws {
        loop = try Loop(name: "logout")
        database = Database(
            on: loop, lane: ThrowAwayDatabase.lane,
            configuration: ThrowAwayDatabase.configuration(installation.place.connection))
        let ring = KeyRing(try KeyRingSnapshot(installation.keys, master: installation.master, at: wallClock()))
        provider = OpenIDProvider(
            settings: Settings(issuer: Self.issuer), stores: Stores(on: database), keys: ring,
            scopes: ScopeCatalog([]), master: installation.master, throttle: GuessThrottle(),
            codeThrottle: GuessThrottle(.userCodes), factorThrottle: GuessThrottle(), limits: RateLimiter(),
            passwords: Nobody(), secretUses: SecretUseLedger(), names: Nobody(), egress: Nobody(), addresses: Nobody(),
            surroundings: Surroundings(now: wallClock, random: { (try? SecureRandom.bytes($0)) ?? [] }))
        let fetcher = Fetcher(
            on: loop, lane: ThrowAwayDatabase.lane, egress: EgressGuard(allowing: try EgressAllowance(allowance)),
            trust: try TLSClientContext(trustingSystem: false))
        var configuration = LogoutDispatcher.Configuration()
        configuration.pollInterval = .milliseconds(20)
        configuration.schedule = RetrySchedule(pauses: Array(repeating: .milliseconds(20), count: 200), jitter: 0.2)
        change(&configuration)
        dispatcher = LogoutDispatcher(
            on: loop, provider: provider, fetcher: fetcher, configuration: configuration,
            report: { [reporter] in reporter.take($0) })
    }

    func stop() async {
        await dispatcher.stop()
        await database.close()
        await loop.stop()
    }

    /// How the attempts at a client have ended so far.
    func outcomes(of client: Client) -> [DeliveryOutcome] {
        reporter.told.withLock { told in told.filter { $0.client == client.id }.map(\.outcome) }
    }

    /// Returns once `condition` holds, however long that takes.
    func until(_ condition: () async throws -> Bool) async throws {
        while try await !condition() { try await loop.run { [loop] in try await loop.sleep(for: .milliseconds(5)) } }
    }

    /// How many notices wait.
    func waiting() async throws -> Int {
        try await loop.run { [provider] in try await provider.stores.logouts.lag(at: wallClock()).waiting }
    }

    /// A client that is told at `address`.
    func client(
        at address: String, _ change: @Sendable (inout Client) -> Void = { _ in }
    ) async throws -> Client {
        var client = Client(id: ClientID(UUID().uuidString), name: "RP", kind: .confidential, createdAt: wallClock())
        client.logout.backChannelURI = address
        change(&client)
        let made = client
        try await loop.run { [provider, trail] in
            try await provider.stores.clients.register(made, secret: nil, Record(trail))
        }
        return client
    }

    /// A session in which each of these clients was given a grant, begun and ended.
    func endedSession(
        _ clients: [Client], at moment: Instant = wallClock()
    ) async throws -> (id: SessionID, user: UserID) {
        let expiresAt = moment + 12 * 3600
        let session = Session(
            id: SessionID(bucket: .day(of: expiresAt), random: UUID().uuidString), userID: UserID(UUID().uuidString),
            authTime: moment, amr: ["pwd"], acr: "1", createdAt: moment, expiresAt: expiresAt, userAgent: "",
            address: "")
        let grants = clients.map { client in
            Grant(
                id: GrantID(bucket: session.id.bucket, random: UUID().uuidString), clientID: client.id,
                userID: session.userID, sessionID: session.id, scopes: ScopeList(["openid"]), resources: [],
                offline: false, authTime: moment, amr: [], acr: "1", nonce: nil, claimsRequest: nil, createdAt: moment,
                expiresAt: expiresAt)
        }
        let record = Record(trail(at: moment))
        try await loop.run { [provider] in
            let stores = provider.stores
            let cookie = OpaqueToken(.session, bucket: session.id.bucket, secret: try SecureRandom.bytes(32))
            try await stores.sessions.start(session, cookie: cookie, ending: nil, record)
            for grant in grants {
                let code = AuthorizationCode(
                    grantID: grant.id, clientID: grant.clientID, redirectURI: "", codeChallenge: nil,
                    expiresAt: wallClock() + 60)
                let token = OpaqueToken(
                    .authorizationCode, bucket: .hour(of: code.expiresAt), secret: try SecureRandom.bytes(32))
                try await stores.codes.issue(code, as: token, grant: grant)
            }
            _ = try await stores.sessions.end(session.id, record)
        }
        return (session.id, session.userID)
    }

    func delete(_ client: Client) async throws {
        _ = try await loop.run { [provider, trail] in
            try await provider.stores.clients.delete(client.id, Record(trail))
        }
    }

    private var trail: Trail { trail(at: wallClock()) }
    private func trail(at moment: Instant) -> Trail {
        Trail(actor: "system", requestID: UUID().uuidString, address: "", now: moment)
    }

    /// What the dispatcher told.
    private final class Reporter: Sendable {
        let told = Mutex<[(client: ClientID, outcome: DeliveryOutcome)]>([])

        func take(_ report: LogoutDispatcher.Report) {
            guard case .attempted(let due, let outcome) = report else { return }
            told.withLock { $0.append((due.notice.clientID, outcome)) }
        }
    }
}

/// Does none of what no logout asks for.
private struct Nobody: PasswordHashing, NameRules, EgressRules, AddressRules {
    func hash(_ password: String) async throws(OAuthError) -> String { password }
    func verify(_ password: String, against encoded: String?) async throws(OAuthError) -> PasswordVerdict { .wrong }
    func keys(of username: String) throws(OAuthError) -> (display: String, keys: User.NameKeys) {
        (username, User.NameKeys(folded: username, skeleton: username))
    }
    func normalized(password: String) -> String { password }
    func folded(_ text: String) -> String { text }
    func isCommon(foldedPassword: String) -> Bool { false }
    func isRange(_ text: String) -> Bool { false }
    func contains(_ address: String, in ranges: [String]) -> Bool { false }
    func refusal(of url: String) -> String? { nil }
}
