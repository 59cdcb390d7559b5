import Postgres
import Provider
import Testing

@testable import Storage

@Suite("UserStore: an account that a stranger made for somebody else's address")
struct NewOwnerTests {
    /// A user with all that opens an account beside its password, and a client that is allowed something.
    private func furnished(
        _ world: World, verified: Bool
    ) async throws -> (user: User, passkey: Passkey, client: Client, link: OpaqueToken) {
        var user = world.user()
        user.email = "anna@example.org"
        user.emailVerified = verified
        user.passwordHash = "old"
        try await world.stores.users.create(user, world.record())
        let sealed = world.bytes()
        _ = try await world.stores.factors.propose(sealedSecret: sealed, to: user.id, at: world.now)
        _ = try await world.stores.factors.confirm(
            sealedSecret: sealed, step: TOTP.Step(number: 1), recoveryHashes: [world.bytes()],
            in: try await world.keptLogin(of: user), world.record())
        let passkey = Passkey(
            id: world.bytes(), userID: user.id, publicKey: world.bytes(), signCount: 0, name: "x", transports: [],
            isBackedUp: false, createdAt: world.now)
        _ = try await world.stores.passkeys.add(passkey, whileHash: "old", world.record())
        let client = try await world.registered()
        _ = try await world.stores.consents.grant(
            Consent(
                id: world.name(), userID: user.id, clientID: client.id, scopes: ScopeList(["openid"]),
                grantedAt: world.now), in: nil, world.record())
        let link = OpaqueToken(.passwordReset, bucket: .hour(of: world.now + 1800), secret: world.bytes())
        try await world.stores.links.add(
            AccountLink(userID: user.id, email: "anna@example.org", createdAt: world.now, expiresAt: world.now + 1800),
            as: link)
        return (user, passkey, client, link)
    }

    @Test(
        "a link that is the first to confirm the address leaves nothing by which whoever was there before comes back",
        arguments: [false, true])
    func reset(verified: Bool) async throws {
        try await withStores { world in
            let (user, passkey, client, link) = try await furnished(world, verified: verified)
            let record = world.record()
            #expect(
                try await world.stores.users.setPassword(
                    NewPassword(userID: user.id, hash: "new", proof: .link(link), keeping: nil), record))
            let now = try #require(try await world.stores.users.user(user.id))
            #expect(now.passwordHash == "new" && now.emailVerified)
            #expect(now.factors.hasAuthenticator == verified && now.factors.passkeyCount == (verified ? 1 : 0))
            #expect(try await (world.stores.factors.authenticator(of: user.id) != nil) == verified)
            #expect(try await world.stores.factors.recoveryCodesLeft(of: user.id) == (verified ? 1 : 0))
            #expect(try await (world.stores.passkeys.passkey(passkey.id) != nil) == verified)
            #expect(try await (world.stores.consents.consent(of: user.id, to: client.id) != nil) == verified)
            let told = try await world.database.read(
                """
                SELECT count(*) FROM outbox
                WHERE request_id = \(record.trail.requestID) AND type = 'oauth2.consent.revoked'
                """
            ).exactlyOne().value(0, as: Int.self)
            #expect(told == (verified ? 0 : 1))
        }
    }

    @Test("nor does anything that was on its way come after it: of 15 passkeys that are added meanwhile none is left")
    func race() async throws {
        try await withStores { world in
            for _ in 0..<5 {
                let (user, _, _, link) = try await furnished(world, verified: false)
                _ = try await atOnce(16) { number in
                    if number == 7 {
                        return try await world.stores.users.setPassword(
                            NewPassword(userID: user.id, hash: "new", proof: .link(link), keeping: nil), world.record())
                    }
                    let passkey = Passkey(
                        id: world.bytes(), userID: user.id, publicKey: world.bytes(), signCount: 0, name: "x",
                        transports: [], isBackedUp: false, createdAt: world.now)
                    return try await world.stores.passkeys.add(passkey, whileHash: "old", world.record())
                }
                #expect(try await world.stores.passkeys.passkeys(of: user.id).isEmpty)
                #expect(try await world.stores.users.user(user.id)?.factors.passkeyCount == 0)
            }
        }
    }

    @Test("the former password is no such proof: whoever changes it keeps what they set up")
    func change() async throws {
        try await withStores { world in
            let (user, passkey, _, _) = try await furnished(world, verified: false)
            #expect(
                try await world.stores.users.setPassword(
                    NewPassword(userID: user.id, hash: "new", proof: .formerHash("old"), keeping: nil), world.record()))
            #expect(try await world.stores.passkeys.passkey(passkey.id)?.user.factors.hasAuthenticator == true)
        }
    }

    @Test(
        "of an account that has an owner, another address gives nothing away: not before it is confirmed, nor then, unless the password was shown with it",
        arguments: [false, true])
    func anotherAddress(isProven: Bool) async throws {
        try await withStores { world in
            let (user, passkey, client, former) = try await furnished(world, verified: true)
            let users = world.stores.users
            let stored = try #require(try await users.user(user.id))
            #expect(stored.ownerEmail == "anna@example.org")
            var moved = stored
            (moved.email, moved.emailVerified, moved.updatedAt) = ("eve@example.com", false, world.now + 1)
            if isProven { moved.nextOwnerEmail = moved.email }
            #expect(try await users.change(stored, to: moved, world.record()))
            #expect(try await users.user(user.id)?.recoveryEmail == "anna@example.org")

            func link(_ kind: OpaqueToken.Kind, to email: String) async throws -> OpaqueToken {
                let end = world.now + 1800
                let token = OpaqueToken(
                    kind, bucket: kind == .passwordReset ? .hour(of: end) : .day(of: end), secret: world.bytes())
                try await world.stores.links.add(
                    AccountLink(userID: user.id, email: email, createdAt: world.now, expiresAt: end), as: token)
                return token
            }
            func resets(_ link: OpaqueToken, to hash: String) async throws -> Bool {
                let found = try await world.stores.links.userToReset(link, at: world.now)?.id == user.id
                let password = NewPassword(userID: user.id, hash: hash, proof: .link(link), keeping: nil)
                let isSet = try await users.setPassword(password, world.record())
                #expect(found == isSet)
                return isSet
            }
            #expect(try await !resets(try await link(.passwordReset, to: "eve@example.com"), to: "stolen"))
            // Who reads mail at the former address is still the owner.
            #expect(try await resets(former, to: "rescued"))
            #expect(try await users.user(user.id)?.emailVerified == false)
            #expect(try await users.users(withEmail: "Anna@Example.org", limit: 10_000).map(\.id).contains(user.id))

            let confirmation = try await link(.emailVerification, to: "eve@example.com")
            #expect(try await world.stores.links.verify(confirmation, world.record()))
            let confirmed = try #require(try await users.user(user.id))
            #expect(confirmed.emailVerified && confirmed.nextOwnerEmail == nil)
            #expect(confirmed.recoveryEmail == (isProven ? "eve@example.com" : "anna@example.org"))
            let late = try await link(.passwordReset, to: "eve@example.com")
            #expect(try await resets(late, to: "moved") == isProven)
            let lateFormer = try await link(.passwordReset, to: "anna@example.org")
            #expect(try await resets(lateFormer, to: "rescued again") == !isProven)

            // Nothing of all that takes a second factor or a consent away.
            let end = try #require(try await users.user(user.id))
            #expect(end.factors.hasAuthenticator && end.factors.passkeyCount == 1)
            #expect(try await world.stores.passkeys.passkey(passkey.id) != nil)
            #expect(try await world.stores.consents.consent(of: user.id, to: client.id) != nil)
        }
    }

    @Test("of 15 logins by the stranger's passkey that come at the same time none is left")
    func passkeyLogins() async throws {
        try await withStores { world in
            for _ in 0..<5 {
                let (user, passkey, _, link) = try await furnished(world, verified: false)
                _ = try await atOnce(16) { number in
                    if number == 7 {
                        return try await world.stores.users.setPassword(
                            NewPassword(userID: user.id, hash: "new", proof: .link(link), keeping: nil), world.record())
                    }
                    // As a login does: the passkey with its user is read, and then the session begins.
                    guard let found = try await world.stores.passkeys.passkey(passkey.id) else { return false }
                    let (session, cookie) = world.session(of: user.id)
                    return try await world.stores.sessions.start(
                        session, cookie: cookie, ending: nil, provenBy: .passkey(whileHash: found.user.passwordHash),
                        world.record())
                }
                #expect(
                    try await world.stores.sessions.sessions(of: user.id, PageRequest(), at: world.now).items.isEmpty)
            }
        }
    }

    @Test("a login by passkey that was checked before the passkeys were taken away begins no session")
    func takenPasskeys() async throws {
        try await withStores { world in
            let (user, passkey, _, _) = try await furnished(world, verified: true)
            let found = try #require(try await world.stores.passkeys.passkey(passkey.id))
            #expect(try await world.stores.factors.removeAll(of: user.id, world.record()))
            let (session, cookie) = world.session(of: user.id)
            #expect(
                try await !world.stores.sessions.start(
                    session, cookie: cookie, ending: nil, provenBy: .passkey(whileHash: found.user.passwordHash),
                    world.record()))
        }
    }

    @Test("a login by password alone that was checked before two-step login was turned on begins no session")
    func turnedOnMeanwhile() async throws {
        try await withStores { world in
            let (user, _, _, _) = try await furnished(world, verified: true)
            for (context, begins) in [(AuthenticationContext.oneFactor, false), (.twoFactors, true)] {
                var (session, cookie) = world.session(of: user.id)
                session.acr = context.rawValue
                #expect(
                    try await world.stores.sessions.start(
                        session, cookie: cookie, ending: nil, provenBy: .password(hash: "old"), world.record())
                        == begins)
            }
        }
    }
}
