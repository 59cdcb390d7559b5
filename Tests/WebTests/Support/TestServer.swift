import Crypto
import Foundation
import HTTP
import JOSE
import Names
import Postgres
import Provider
import Storage
import Synchronization
import Testing
import Web

/// A whole server without a socket, over real stores.
struct TestServer: Sendable {
    let provider: OpenIDProvider
    let routes: Routes
    let clock: TestClock
    let log: RequestLog
    /// A client that may administer, with its secret: for HTTP Basic.
    let administrator: (id: String, secret: String)

    static let https = "https://id.example"

    /// Runs a body with a server of its own over the shared database.
    static func run(
        issuer: String = https, limits: [RateLimit] = [], customization: Customization = Customization(),
        change: @escaping @Sendable (inout Settings) -> Void = { _ in },
        loginPage: (any LoginPageRendering)? = nil, _ body: @escaping @Sendable (TestServer) async throws -> Void
    ) async throws {
        try await TestDatabase.use { database in
            var settings = Settings(issuer: issuer)
            change(&settings)
            try await body(
                try await TestServer(
                    settings, stores: Stores(on: database), limits: limits, customization: customization,
                    loginPage: loginPage))
        }
    }

    init(
        _ settings: Settings, stores: Stores, limits: [RateLimit] = [],
        customization: Customization = Customization(), loginPage: (any LoginPageRendering)? = nil
    ) async throws {
        try await self.init(
            settings, stores: stores, scopes: stores.scopes.scopes(), limits: limits,
            customization: customization, loginPage: loginPage)
        let client = Client(
            id: ClientID(administrator.id), name: "Administrator", kind: .confidential, createdAt: clock.now)
        try await provider.stores.clients.register(
            with(client) {
                $0.allowedScopes = ScopeList(["admin"])
                $0.grantTypes = [.clientCredentials]
            },
            secret: provider.secretRow(administrator.secret, for: client.id, at: clock.now), Record(trail))
    }

    /// Runs a body with a server whose database is away. What must work without one is tested here, and so is every
    /// refusal that comes before the first look into a store.
    static func withoutDatabase(
        issuer: String = https, _ body: @escaping @Sendable (TestServer) async throws -> Void
    ) async throws {
        try await TestDatabase.doWithout { database in
            try await body(
                try TestServer(
                    Settings(issuer: issuer), stores: Stores(on: database),
                    scopes: [Scope(name: "openid", descriptions: ["en": "x"])]))
        }
    }

    private init(
        _ settings: Settings, stores: Stores, scopes: [Scope], limits: [RateLimit] = [],
        customization: Customization = Customization(), loginPage: (any LoginPageRendering)? = nil
    ) throws {
        let clock = TestClock()
        let master = MasterKey(try .random())
        let key = try master.record(of: Self.signingKey.get(), createdAt: clock.now, activatesAt: clock.now)
        let provider = OpenIDProvider(
            settings: settings, stores: stores,
            keys: KeyRing(try KeyRingSnapshot([key], master: master, at: clock.now)), scopes: ScopeCatalog(scopes),
            master: master, throttle: GuessThrottle(), codeThrottle: GuessThrottle(.userCodes),
            factorThrottle: GuessThrottle(), limits: RateLimiter(limits),
            passwords: QuickPasswords(), secretUses: SecretUseLedger(), names: UnicodeNameRules(), egress: AnyEgress(),
            addresses: NetworkRules(),
            surroundings: Surroundings(now: { clock.now }, random: { (try? SecureRandom.bytes($0)) ?? [] }),
            customization: customization)
        let log = RequestLog()
        self.provider = provider
        self.clock = clock
        self.log = log
        administrator = (name("admin"), name("secret"))
        routes = Routes(
            provider: provider, operations: Operations(ready: { [] }, metrics: { log.metrics.families }),
            loginPage: loginPage,
            observe: { log.note($0) })
    }

    private static let signingKey = Result { try SigningKey.generate(.rsa2048) }

    var trail: Trail { Trail(actor: "system", requestID: "test", address: "", now: clock.now) }

    /// A user with the password `correct horse`.
    func user(_ claims: [(name: String, value: JSON)] = []) async throws -> User {
        let members: [(name: String, value: JSON)] = [
            ("username", .string(name("user"))), ("password", .string(Self.password)),
        ]
        return try await provider.createUser(.object(JSONObject(members + claims)), trail)
    }

    static let password = "correct horse"
    static let callback = "https://rp.example/cb?x=1"

    /// A registered client.
    func client(
        _ kind: Client.Kind = .confidential, _ change: (inout Client) -> Void = { _ in }
    ) async throws -> (client: Client, secret: String?) {
        var client = Client(id: ClientID(name("client")), name: "Zoë & <b>Söhne</b>", kind: kind, createdAt: clock.now)
        client.redirectURIs = [Self.callback]
        client.allowedScopes = ScopeList(["openid", "profile", "email", "offline_access", "contracts:read"])
        client.grantTypes = [.authorizationCode, .refreshToken]
        change(&client)
        let secret = kind == .confidential ? provider.newSecret(for: client.id, at: clock.now) : nil
        try await provider.stores.clients.register(client, secret: secret?.row, Record(trail))
        return (client, secret?.text)
    }
}

/// A name that no other test uses.
func name(_ prefix: String) -> String { "\(prefix)-\(UInt64.random(in: 0...UInt64.max))" }

private func with<T>(_ value: T, _ change: (inout T) -> Void) -> T {
    var value = value
    change(&value)
    return value
}

/// A clock that goes on only when told to. It starts at the present, since partitions follow the database's clock.
final class TestClock: Sendable {
    private let milliseconds = Atomic(Int64(Date().timeIntervalSince1970 * 1000))

    var now: Instant { Instant(milliseconds: milliseconds.load(ordering: .relaxed)) }

    func advance(seconds: Int) { milliseconds.add(Int64(seconds) * 1000, ordering: .relaxed) }
}

/// What the routes told of their requests.
final class RequestLog: Sendable {
    let metrics = RequestMetrics()
    private let seen = Mutex<[Observation]>([])

    var observations: [Observation] { seen.withLock { $0 } }

    func note(_ observation: Observation) {
        metrics.note(observation, seat: 0)
        seen.withLock { $0.append(observation) }
    }
}

/// scrypt at a cost that tests can afford.
private struct QuickPasswords: PasswordHashing {
    func hash(_ password: String) async throws(OAuthError) -> String {
        guard let cost = Scrypt.Parameters(logN: 4, blockSize: 1),
            let hash = try? Scrypt.hash(Array(password.utf8), parameters: cost)
        else { throw .storeUnavailable("scrypt") }
        return hash.encoded
    }

    func verify(_ password: String, against encoded: String?) async throws(OAuthError) -> PasswordVerdict {
        guard let hash = encoded.flatMap({ PasswordHash(encoded: $0) }),
            (try? hash.matches(Array(password.utf8))) == true
        else { return .wrong }
        return .right(outdated: false)
    }
}

private struct AnyEgress: EgressRules {
    func refusal(of url: String) -> String? { url.hasPrefix("https://") ? nil : "must be https" }
}
