import JOSE
import Postgres
import Provider
import TestDatabases
import Testing

@Suite("TokenStore: what one server ends, another finds ended, although it had checked the token before")
struct TokenMemoryTests {
    /// A token that `a` has checked, so that it has its facts.
    private func checked(_ a: World, offline: Bool = false) async throws -> (World.Issue, World.Tokens) {
        let issue = try await a.issued(offline: offline)
        let tokens = try await a.minted(issue)
        let alive = AccessTokenState(token: tokens.access, isActive: true, grant: issue.grant, user: issue.login.user)
        for _ in 0..<3 { #expect(try await a.state(tokens.access) == alive) }
        return (issue, tokens)
    }

    private func isDead(_ world: World, _ token: AccessToken) async throws -> Bool {
        for _ in 0..<2 {
            guard let state = try await world.state(token), !state.isActive else { return false }
        }
        return true
    }

    @Test("RFC 7009 §2: the token is revoked")
    func revoked() async throws {
        try await withTwoNodes { a, b in
            let (_, tokens) = try await checked(a)
            let access = tokens.access
            #expect(try await b.stores.tokens.revoke(access.id, bucket: access.bucket, b.record()))
            #expect(try await isDead(a, access))
        }
    }

    @Test("its grant is revoked")
    func grantRevoked() async throws {
        try await withTwoNodes { a, b in
            let (issue, tokens) = try await checked(a)
            #expect(try await b.stores.tokens.revoke(issue.grant.id, b.record()))
            #expect(try await isDead(a, tokens.access))
        }
    }

    @Test("the session that its grant does not outlive is ended; one with offline_access lives")
    func sessionEnded() async throws {
        try await withTwoNodes { a, b in
            for offline in [false, true] {
                let (issue, tokens) = try await checked(a, offline: offline)
                #expect(try await b.stores.sessions.end(issue.login.session.id, b.record()))
                #expect(try await isDead(a, tokens.access) != offline)
            }
        }
    }

    @Test("its client is deleted, and registered again under the same id")
    func clientDeleted() async throws {
        try await withTwoNodes { a, b in
            let (issue, tokens) = try await checked(a)
            let own = AccessToken(
                id: TokenID(a.name()), clientID: issue.login.client.id, userID: nil, grantID: nil, scopes: ScopeList(),
                audience: [], issuedAt: a.now, expiresAt: tokens.access.expiresAt)
            try await a.stores.tokens.record(own, refresh: nil, a.record())
            for _ in 0..<2 { #expect(try await a.state(own)?.isActive == true) }
            #expect(try await b.stores.clients.delete(issue.login.client.id, b.record()))
            #expect(try await isDead(a, tokens.access))
            #expect(try await isDead(a, own))
            try await b.stores.clients.register(issue.login.client, secret: nil, b.record())
            #expect(try await isDead(a, tokens.access))
            #expect(try await isDead(a, own))
        }
    }

    @Test("its user is deleted: the token is dead, and nothing of the user is given any more")
    func userDeleted() async throws {
        try await withTwoNodes { a, b in
            let (issue, tokens) = try await checked(a)
            _ = try await b.database.write("DELETE FROM users WHERE id = \(issue.login.user.id.text)")
            for _ in 0..<2 {
                let state = try #require(try await a.state(tokens.access))
                #expect(!state.isActive)
                #expect(state.user == nil)
            }
        }
    }

    @Test("OpenID Connect Core §5.3.2: a user's changed profile shows in the next check, each time it changes")
    func userChanged() async throws {
        try await withTwoNodes { a, b in
            let (issue, tokens) = try await checked(a)
            for number in 0..<3 {
                let (email, role) = ("mail\(number)@example.com", "role\(number)")
                _ = try await b.database.write(
                    """
                    UPDATE users SET email = \(email), email_verified = true, roles = ARRAY[\(role)::text],
                                     claims = jsonb_build_object('nickname', \(email)::text)
                    WHERE id = \(issue.login.user.id.text)
                    """)
                for _ in 0..<2 {
                    let state = try #require(try await a.state(tokens.access))
                    #expect(state.isActive)
                    #expect(state.user?.email == email)
                    #expect(state.user?.roles == [role])
                    #expect(state.user?.claims["nickname"]?.string == email)
                }
            }
        }
    }

    @Test("a password's hash is not kept with what is kept of a token")
    func passwordHash() async throws {
        try await withTwoNodes { a, b in
            let (issue, tokens) = try await checked(a)
            _ = try await b.database.write(
                "UPDATE users SET password_hash = 'secret' WHERE id = \(issue.login.user.id.text)")
            for _ in 0..<2 {
                let user = try #require(try await a.state(tokens.access)?.user)
                #expect(user.passwordHash == nil)
            }
        }
    }

    @Test("time ends it: its own end, and that of its grant")
    func expired() async throws {
        try await withTwoNodes { a, _ in
            let (issue, tokens) = try await checked(a)
            #expect(try await a.state(tokens.access, at: tokens.access.expiresAt - 1)?.isActive == true)
            #expect(try await a.state(tokens.access, at: tokens.access.expiresAt)?.isActive == false)
            let long = a.accessToken(issue.grant, lifetime: 20 * 86_400)
            try await a.stores.tokens.record(long, refresh: nil, a.record())
            let end = issue.grant.expiresAt
            for _ in 0..<2 {
                #expect(try await a.state(long, at: Instant(milliseconds: end.milliseconds - 1))?.isActive == true)
                #expect(try await a.state(long, at: end)?.isActive == false)
            }
        }
    }

    @Test("a row that is gone is unknown, and so is a token of the same id in another bucket")
    func gone() async throws {
        try await withTwoNodes { a, _ in
            let (_, tokens) = try await checked(a)
            let (id, bucket) = (tokens.access.id, tokens.access.bucket)
            for other in [Bucket(bucket.value + 1), Bucket(bucket.value - 1), Bucket(1), Bucket(.max)] {
                #expect(try await a.stores.tokens.accessToken(id, bucket: other, at: a.now) == nil)
            }
            #expect(try await a.state(tokens.access)?.isActive == true)
            let place = try await TestDatabase.shared()
            try await ThrowAwayDatabase.on(place.ownerConnection) { owner in
                _ = try await owner.write(
                    "DELETE FROM access_tokens WHERE jti = \(id.text) AND bucket = \(bucket.value)")
            }
            for _ in 0..<2 { #expect(try await a.state(tokens.access) == nil) }
        }
    }

    @Test("however checks and the revocation meet, none that is asked after it was acknowledged finds the token alive")
    func race() async throws {
        try await withTwoNodes { a, b in
            for _ in 0..<6 {
                let (issue, tokens) = try await checked(a)
                let alive = try await atOnce(16) { number in
                    if number == 8 { _ = try await b.stores.tokens.revoke(issue.grant.id, b.record()) }
                    guard number >= 8 else { return try await a.state(tokens.access)?.isActive }
                    // Asked anew once the revocation is known of.
                    while try await b.stores.tokens.refreshToken(tokens.token, at: b.now)?.isActive == true {}
                    return try await a.state(tokens.access)?.isActive == true ? nil : false
                }
                #expect(!alive.contains(nil))
            }
        }
    }
}
