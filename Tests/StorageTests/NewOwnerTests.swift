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

    @Test("of an account that has an owner, another address gives nothing away before it is confirmed")
    func anotherAddress() async throws {
        try await withStores { world in
            let (user, passkey, client, former) = try await furnished(world, verified: true)
            var moved = user
            moved.email = "eve@example.com"
            moved.emailVerified = false
            moved.updatedAt = world.now + 1
            let stored = try #require(try await world.stores.users.user(user.id))
            #expect(try await world.stores.users.change(stored, to: moved, world.record()))
            #expect(try await world.stores.users.user(user.id)?.recoveryEmail == "anna@example.org")

            let stolen = OpaqueToken(.passwordReset, bucket: .hour(of: world.now + 1800), secret: world.bytes())
            try await world.stores.links.add(
                AccountLink(
                    userID: user.id, email: "eve@example.com", createdAt: world.now, expiresAt: world.now + 1800),
                as: stolen)
            #expect(try await world.stores.links.userToReset(stolen, at: world.now) == nil)
            let theft = NewPassword(userID: user.id, hash: "stolen", proof: .link(stolen), keeping: nil)
            #expect(try await !world.stores.users.setPassword(theft, world.record()))

            // Who reads mail at the former address is still the owner, and keeps all there is.
            #expect(try await world.stores.links.userToReset(former, at: world.now)?.id == user.id)
            let rescue = NewPassword(userID: user.id, hash: "new", proof: .link(former), keeping: nil)
            #expect(try await world.stores.users.setPassword(rescue, world.record()))
            let rescued = try #require(try await world.stores.users.user(user.id))
            #expect(rescued.passwordHash == "new" && !rescued.emailVerified && rescued.ownerEmail == "anna@example.org")
            #expect(rescued.factors.hasAuthenticator && rescued.factors.passkeyCount == 1)
            #expect(try await world.stores.passkeys.passkey(passkey.id) != nil)
            #expect(try await world.stores.consents.consent(of: user.id, to: client.id) != nil)

            // Once the new address is confirmed it is the owner's, and the second factor stays.
            let link = OpaqueToken(.emailVerification, bucket: .day(of: world.now + 3600), secret: world.bytes())
            try await world.stores.links.add(
                AccountLink(
                    userID: user.id, email: "eve@example.com", createdAt: world.now, expiresAt: world.now + 3600),
                as: link)
            #expect(try await world.stores.links.verify(link, world.record()))
            let confirmed = try #require(try await world.stores.users.user(user.id))
            #expect(confirmed.emailVerified && confirmed.recoveryEmail == "eve@example.com")
            #expect(confirmed.factors.hasAuthenticator && confirmed.factors.passkeyCount == 1)
        }
    }
}
