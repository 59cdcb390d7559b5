import Foundation
import JOSE
import Postgres
import Provider
import Testing

/// The stores with makers for rows that no other test has.
struct World: Sendable {
    let database: Database
    let stores: Stores
    /// Buckets follow the database's clock, so tests live in the present; what is later is said by sums.
    let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))

    /// A name that no other test uses.
    func name(_ prefix: String = "n") -> String { prefix + Base64URL.encode(Array(bytes().prefix(12))) }
    func bytes() -> [UInt8] { (0..<32).map { _ in UInt8.random(in: 0...255) } }

    func trail(at moment: Instant? = nil) -> Trail {
        Trail(actor: "client:tester", requestID: name("request-"), address: "192.0.2.1", now: moment ?? now)
    }

    /// A record with one event and one line of the audit log.
    func record(at moment: Instant? = nil) -> Record {
        Record(
            trail(at: moment), events: [.loginFailed(UserID("somebody"))],
            audit: AuditEntry(action: "test.act", subject: "client:x"))
    }

    /// How many events and audit lines were written under the record's request.
    func written(_ record: Record) async throws -> [Int] {
        let row = try await database.read(
            """
            SELECT (SELECT count(*) FROM outbox WHERE request_id = \(record.trail.requestID)),
                   (SELECT count(*) FROM audit_logs WHERE request_id = \(record.trail.requestID))
            """
        ).exactlyOne()
        return [try row.value(0), try row.value(1)]
    }

    /// Waits for every transaction of the whole server that began before: till then readers of events stop at them.
    func allVisible() async throws {
        let mine = try await database.write("SELECT pg_current_xact_id()::text").exactlyOne().value(0, as: String.self)
        while try await database.read(
            "SELECT pg_snapshot_xmin(pg_current_snapshot()) > \(mine)::xid8"
        ).exactlyOne().value(0) == false {}
    }

    // MARK: Values

    func client(_ kind: Client.Kind = .confidential) -> Client {
        var client = Client(id: ClientID(name("c")), name: "A client", kind: kind, createdAt: now)
        client.redirectURIs = ["https://rp.example/cb"]
        client.allowedScopes = ScopeList(["openid", "profile"])
        return client
    }

    func secret(of client: ClientID, at moment: Instant? = nil) -> ClientSecret {
        ClientSecret(id: SecretID(name("s")), clientID: client, hash: bytes(), createdAt: moment ?? now)
    }

    func user() -> User {
        let name = name("u").lowercased()
        return User(
            id: UserID(self.name("id")), username: name, nameKeys: User.NameKeys(folded: name, skeleton: name),
            createdAt: now)
    }

    func session(of user: UserID, from start: Instant? = nil) -> (session: Session, cookie: OpaqueToken) {
        let start = start ?? now
        let expiresAt = start + 12 * 3600
        let id = SessionID(bucket: .day(of: expiresAt, from: start), random: name())
        let session = Session(
            id: id, userID: user, authTime: start, amr: ["pwd"], acr: "urn:acr", createdAt: start,
            expiresAt: expiresAt, userAgent: "Browser \"1\"", address: "192.0.2.7")
        return (session, OpaqueToken(.session, bucket: id.bucket, secret: bytes()))
    }

    // MARK: Rows

    /// A registered client.
    func registered(_ kind: Client.Kind = .confidential) async throws -> Client {
        let client = client(kind)
        try await stores.clients.register(client, secret: nil, record())
        return client
    }

    func created() async throws -> User {
        let user = user()
        try await stores.users.create(user, record())
        return user
    }

    /// A client, a user and the user's session.
    struct Login: Sendable {
        var client: Client
        var user: User
        var session: Session
        var cookie: OpaqueToken
    }

    func loggedIn() async throws -> Login {
        let (client, user) = (try await registered(), try await created())
        let (session, cookie) = session(of: user.id)
        try await stores.sessions.start(session, cookie: cookie, ending: nil, record())
        return Login(client: client, user: user, session: session, cookie: cookie)
    }

    /// A grant with a code for it, issued.
    struct Issue: Sendable {
        var login: Login
        var grant: Grant
        var code: AuthorizationCode
        var token: OpaqueToken
    }

    func issued(
        _ login: Login? = nil, offline: Bool = false, challenge: String? = "challenge",
        scopes: [String] = ["openid", "profile"], consented: ScopeList = ScopeList()
    ) async throws -> Issue {
        let login = if let login { login } else { try await loggedIn() }
        let expiresAt = offline ? now + 400 * 86_400 : login.session.expiresAt + 3600
        var grant = Grant(
            id: GrantID(bucket: .day(of: expiresAt, from: now), random: name()), clientID: login.client.id,
            userID: login.user.id, sessionID: login.session.id, scopes: ScopeList(scopes),
            resources: ["https://api.example/\"a\\,{b}"], offline: offline, authTime: now, amr: ["pwd", "otp"],
            acr: "urn:acr", nonce: "n-0S6", claimsRequest: #"{"userinfo":{}}"#, createdAt: now, expiresAt: expiresAt)
        grant.consented = consented
        let code = AuthorizationCode(
            grantID: grant.id, clientID: login.client.id, redirectURI: "https://rp.example/cb",
            codeChallenge: challenge, expiresAt: now + 60)
        let token = OpaqueToken(.authorizationCode, bucket: .hour(of: code.expiresAt), secret: bytes())
        try await stores.codes.issue(code, as: token, grant: grant)
        return Issue(login: login, grant: grant, code: code, token: token)
    }

    func redeem(_ issue: Issue, at moment: Instant? = nil) async throws(OAuthError) -> CodeRedemption {
        try await stores.codes.redeem(
            issue.token, client: issue.code.clientID, redirectURI: issue.code.redirectURI,
            challenge: issue.code.codeChallenge, at: moment ?? now)
    }

    func accessToken(_ grant: Grant, lifetime: Int = 3600) -> AccessToken {
        AccessToken(
            id: TokenID(name("jti")), clientID: grant.clientID, userID: grant.userID, grantID: grant.id,
            scopes: grant.scopes, audience: ["https://api.example"], issuedAt: now,
            expiresAt: Instant(seconds: now.seconds + Int64(lifetime)))
    }

    func refreshToken(_ grant: Grant) -> (row: RefreshToken, token: OpaqueToken) {
        let row = RefreshToken(
            grantID: grant.id, clientID: grant.clientID, userID: grant.userID, scopes: grant.scopes, issuedAt: now,
            idleExpiresAt: now + 3600)
        return (row, OpaqueToken(.refreshToken, bucket: grant.id.bucket, secret: bytes()))
    }

    /// The tokens of a grant, recorded.
    struct Tokens: Sendable {
        var grant: Grant
        var access: AccessToken
        var refresh: RefreshToken
        var token: OpaqueToken
    }

    func minted(_ issue: Issue? = nil, offline: Bool = false) async throws -> Tokens {
        let grant = if let issue { issue.grant } else { try await issued(offline: offline).grant }
        let (access, refresh) = (accessToken(grant), refreshToken(grant))
        try await stores.tokens.record(access, refresh: refresh, record())
        return Tokens(grant: grant, access: access, refresh: refresh.row, token: refresh.token)
    }

    func state(_ access: AccessToken, at moment: Instant? = nil) async throws(OAuthError) -> AccessTokenState? {
        try await stores.tokens.accessToken(access.id, bucket: access.bucket, at: moment ?? now)
    }
}

extension TokenStore {
    /// Records tokens with the events of a record.
    func record(
        _ access: AccessToken, refresh: (row: RefreshToken, token: OpaqueToken)?, _ record: Record
    ) async throws(OAuthError) {
        try await self.record(access, refresh: refresh, events: record.events, record.trail)
    }
}
