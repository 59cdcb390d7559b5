import Crypto
import EventLoop
import Foundation
import JOSE
import Names
import Postgres
import Provider
import Storage
import Synchronization
import TestDatabases

@testable import Delivery

/// A server that sends mail, over a database: its provider, its dispatcher, and where the mail goes.
struct MailNode: Sendable {
    let loop: Loop
    let provider: OpenIDProvider
    let dispatcher: MailDispatcher
    let tray: Tray
    private let database: Database

    static let issuer = "https://id.example/realm"

    static func run(
        over place: ThrowAwayDatabase? = nil, lease: Duration = .seconds(30), limits: MailLimits = MailLimits(),
        _ body: (MailNode) async throws -> Void
    ) async throws {
        let place = if let place { place } else { try await ThrowAwayDatabase.fresh() }
        let node = try await MailNode(over: place, lease: lease, limits: limits)
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(node)) } catch { outcome = .failure(error) }
        await node.stop()
        try outcome.get()
    }

    init(over place: ThrowAwayDatabase, lease: Duration, limits: MailLimits) async throws {
        let loop = try Loop(name: "mail")
        let database = Database(
            on: loop, lane: ThrowAwayDatabase.lane, configuration: ThrowAwayDatabase.configuration(place.connection))
        let master = MasterKey(try .random())
        let key = try master.record(of: Self.signingKey.get(), createdAt: wallClock(), activatesAt: wallClock())
        var settings = Settings(issuer: Self.issuer)
        settings.mail = limits
        let provider = OpenIDProvider(
            settings: settings, stores: Stores(on: database),
            keys: KeyRing(try KeyRingSnapshot([key], master: master, at: wallClock())), scopes: ScopeCatalog([]),
            master: master, throttle: GuessThrottle(), codeThrottle: GuessThrottle(), factorThrottle: GuessThrottle(),
            limits: RateLimiter(), passwords: PlainPasswords(), secretUses: SecretUseLedger(),
            names: UnicodeNameRules(), egress: NoEgress(), addresses: NoAddresses(),
            surroundings: Surroundings(now: wallClock, random: { (try? SecureRandom.bytes($0)) ?? [] }))
        var configuration = MailDispatcher.Configuration()
        configuration.pollInterval = .milliseconds(20)
        configuration.lease = lease
        configuration.schedule = RetrySchedule(pauses: Array(repeating: .milliseconds(10), count: 5), jitter: 0.2)
        let tray = Tray()
        dispatcher = MailDispatcher(
            on: loop, provider: provider, transport: tray, templates: try MailTemplates(site: Self.issuer),
            sender: Self.sender, configuration: configuration, report: { tray.note($0) })
        self.loop = loop
        self.provider = provider
        self.tray = tray
        self.database = database
    }

    static let sender = MailSender("Example <no-reply@id.example>") ?? MailSender(name: nil, address: .nobody)
    private static let signingKey = Result { try SigningKey.generate(.p256) }

    private func stop() async {
        await dispatcher.stop()
        await database.close()
        await loop.stop()
    }

    /// A user with an address.
    func user(
        _ name: String, email: String?, verified: Bool = false, locale: String? = nil, roles: [String] = []
    ) async throws -> User {
        var members: [(name: String, value: JSON)] = [
            ("username", .string(name)), ("password", "correct horse battery"), ("emailVerified", .bool(verified)),
            ("roles", .array(roles.map { .string($0) })),
        ]
        if let email { members.append(("email", .string(email))) }
        if let locale { members.append(("locale", .string(locale))) }
        let body = JSON.object(JSONObject(members))
        return try await loop.run { [provider, trail] in try await provider.createUser(body, trail) }
    }

    func order(_ kind: MailOrder.Kind, _ user: User, address: String? = nil, patience: Int = 3600) async throws {
        let order = MailOrder(
            id: UUID().uuidString, kind: kind, userID: user.id, address: address, language: "en",
            createdAt: wallClock(), givesUpAt: wallClock() + patience)
        try await loop.run { [provider, trail] in
            try await provider.stores.events.append(Record(trail, mails: [order]))
        }
    }

    func ask(_ body: JSON, from network: String = "192.0.2.1") async throws {
        try await loop.run { [provider, trail] in
            var trail = trail
            trail.network = network
            try await provider.requestPasswordReset(body, language: "en", trail: trail)
        }
    }

    func signUp(_ body: JSON) async throws {
        try await loop.run { [provider, trail] in
            _ = try await provider.signUp(body, language: "en", trail: trail)
        }
    }

    /// Returns once so many reports of settled orders have come.
    func until(settled count: Int) async throws {
        while tray.outcomes.count < count {
            try await loop.run { [loop] in try await loop.sleep(for: .milliseconds(20)) }
        }
    }

    /// Returns once nothing waits any more.
    func untilIdle() async throws {
        while try await loop.run({ [provider] in try await provider.stores.mails.waiting(at: wallClock()).count }) > 0 {
            try await loop.run { [loop] in try await loop.sleep(for: .milliseconds(20)) }
        }
    }

    /// All that the database has, as text.
    func dump(_ table: StaticString) async throws -> String {
        try await loop.run { [database] in
            let statement: SQL = "SELECT coalesce(string_agg(t::text, ' '), '') FROM "
            let rows = try await database.read([statement, SQL(stringLiteral: table), " AS t"].joined(by: ""))
            return try rows.exactlyOne().value(0)
        }
    }

    var trail: Trail { Trail(actor: "system", requestID: UUID().uuidString, address: "", now: wallClock()) }
}

extension EmailAddress {
    fileprivate static var nobody: EmailAddress {
        guard let address = EmailAddress("nobody@id.example") else { preconditionFailure("an address") }
        return address
    }
}

/// A transport that keeps what it is given, and fails as often as it is told to.
final class Tray: MailTransport {
    private struct State {
        var messages: [MailMessage] = []
        var outcomes: [MailOutcome] = []
        var failures: [MailTransportError] = []
        var attempts = 0
    }

    private let state = Mutex(State())

    var messages: [MailMessage] { state.withLock(\.messages) }
    var outcomes: [MailOutcome] { state.withLock(\.outcomes) }
    var attempts: Int { state.withLock(\.attempts) }

    func fail(with errors: [MailTransportError]) { state.withLock { $0.failures = errors } }

    func note(_ report: MailDispatcher.Report) {
        switch report {
        case .settled(_, let outcome, _), .noticed(_, let outcome): state.withLock { $0.outcomes.append(outcome) }
        case .storeFailed: break
        }
    }

    func send(_ message: MailMessage) async throws(MailTransportError) {
        let failure = state.withLock { state -> MailTransportError? in
            state.attempts += 1
            if !state.failures.isEmpty { return state.failures.removeFirst() }
            state.messages.append(message)
            return nil
        }
        if let failure { throw failure }
    }
}

private struct PlainPasswords: PasswordHashing {
    func hash(_ password: String) async throws(OAuthError) -> String { "plain:" + password }
    func verify(_ password: String, against encoded: String?) async throws(OAuthError) -> PasswordVerdict {
        encoded == "plain:" + password ? .right(outdated: false) : .wrong
    }
}

private struct NoEgress: EgressRules {
    func refusal(of url: String) -> String? { nil }
}

private struct NoAddresses: AddressRules {
    func isRange(_ text: String) -> Bool { false }
    func contains(_ address: String, in ranges: [String]) -> Bool { false }
}
