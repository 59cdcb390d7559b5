import Postgres
import Provider
import TestDatabases
import Testing

@Suite("MailStore")
struct MailStoreTests {
    private func world(_ body: @escaping @Sendable (World) async throws -> Void) async throws {
        // Whoever takes what is due takes it from everybody.
        try await withStores(at: try await TestDatabase.fresh(), body)
    }

    private func write(_ orders: [MailOrder], _ world: World) async throws {
        try await world.stores.events.append(Record(world.trail(), mails: orders))
    }

    private func inquiry(_ world: World, _ subject: MailInquiry.Subject) -> MailInquiry {
        MailInquiry(
            id: world.name(), kind: .resetPassword, subject: subject, language: "en", createdAt: world.now,
            givesUpAt: world.now + 3600)
    }

    private func take(_ world: World, at moment: Instant? = nil, limit: Int = 10) async throws -> [DueMail] {
        let moment = moment ?? world.now
        return try await world.stores.mails.take(limit: limit, leaseEndsAt: moment + 90, at: moment)
    }

    @Test("orders come as they were written, in the order of writing, each to one who takes, and again after the lease")
    func orders() async throws {
        try await world { world in
            var user = try await world.created()
            user.email = "anna@example.org"
            let orders = [
                world.order(for: user),
                world.order(for: user, .emailChanged, address: "Ä@old.example", at: world.now - 1),
            ]
            try await write(orders, world)
            let due = try await take(world)
            #expect(due.map(\.matter) == [.order(orders[1]), .order(orders[0])])
            #expect(due.allSatisfy { $0.attempts == 1 })
            #expect(try await take(world).isEmpty)
            #expect(try await world.stores.mails.waiting(at: world.now + 4) == (2, 5))
            let again = try await take(world, at: world.now + 91)
            #expect(again.map(\.id) == due.map(\.id) && again.allSatisfy { $0.attempts == 2 })
        }
    }

    @Test("an order whose name is there already is not written again, whoever writes it, and the rest is")
    func repeats() async throws {
        try await world { world in
            let user = try await world.created()
            let order = world.order(for: user, address: "a@example.org")
            _ = try await atOnce(8) { _ in try await write([order], world) }
            let other = world.order(for: user, address: "b@example.org")
            try await write([order, other], world)
            #expect(Set(try await take(world).map(\.id)) == [order.id, other.id])
            try await write([order], world)
            #expect(try await take(world).isEmpty)
        }
    }

    @Test("mail of a kind that only a later version knows is left to that, and keeps nothing else back")
    func unknownKinds() async throws {
        try await world { world in
            let user = try await world.created()
            let orders = (0..<2).map { _ in world.order(for: user, address: "a@example.org") }
            try await write(orders, world)
            _ = try await world.database.write("UPDATE mails SET kind = 'of_tomorrow' WHERE id = \(orders[0].id)")
            #expect(try await take(world, limit: 1).map(\.id) == [orders[1].id])
        }
    }

    @Test("of several servers that take at once each mail goes to one")
    func race() async throws {
        try await world { world in
            let user = try await world.created()
            try await write((0..<20).map { _ in world.order(for: user, address: "a@example.org") }, world)
            let taken = try await atOnce(8) { _ in try await take(world, limit: 5) }.flatMap { $0 }
            #expect(taken.count == 20 && Set(taken.map(\.id)).count == 20)
        }
    }

    @Test("an inquiry is kept as it came, and orders take its place: nothing is left of the name that was asked about")
    func inquiries() async throws {
        try await world { world in
            let user = try await world.created()
            let asked = [
                inquiry(world, .init(name: "anna")), inquiry(world, .init(email: "Anna@Example.org")),
                inquiry(world, .init(name: "anna", email: "anna")),
            ]
            for inquiry in asked { try await world.stores.mails.ask(inquiry) }
            let due = try await take(world)
            for inquiry in asked { #expect(due.contains { $0.matter == .inquiry(inquiry) }) }
            let order = world.order(for: user, .resetPassword, address: "anna@example.org")
            try await world.stores.mails.answer(due[0], by: [order], at: world.now)
            for other in due.dropFirst() { try await world.stores.mails.answer(other, by: [], at: world.now) }
            #expect(try await take(world).map(\.matter) == [.order(order)])
            // Twice is once.
            try await world.stores.mails.answer(due[0], by: [world.order(for: user)], at: world.now)
            #expect(try await take(world, at: world.now + 10).isEmpty)
            let left = try await world.database.read(
                "SELECT count(*) FROM mails WHERE asked_name IS NOT NULL OR asked_email IS NOT NULL"
            ).exactlyOne().value(0, as: Int.self)
            #expect(left == 0)
        }
    }

    @Test("what failed comes again at its time; what is settled never does, and forgets its address")
    func settling() async throws {
        try await world { world in
            let user = try await world.created()
            let outcomes: [MailOutcome] = [.sent(mailbox: [1]), .dropped(reason: "x"), .dead(reason: "y")]
            for outcome in outcomes {
                try await write([world.order(for: user, address: "anna@example.org")], world)
                let due = try #require(try await take(world).first)
                try await world.stores.mails.settle(due, .retry(at: world.now + 30, reason: "busy"), at: world.now)
                #expect(try await take(world, at: world.now + 29).isEmpty)
                let again = try #require(try await take(world, at: world.now + 30).first)
                #expect(again.attempts == 2)
                // A report of the first attempt comes too late.
                try await world.stores.mails.settle(due, .dead(reason: "late"), at: world.now)
                try await world.stores.mails.settle(again, outcome, at: world.now + 31)
                #expect(try await take(world, at: world.now + 1000).isEmpty)
            }
            let rows = try await world.database.read(
                "SELECT state, address IS NULL, last_error FROM mails ORDER BY state")
            let states = try rows.map { row throws(DatabaseError) in
                try row.values(String.self, Bool.self, String?.self)
            }
            #expect(states.map(\.0) == ["dead", "dropped", "sent"])
            #expect(states.allSatisfy { $0.1 })
            #expect(states.map(\.2) == ["y", "x", nil])
        }
    }

    @Test("what has been sent is counted by user and kind, and by mailbox whoever it was for; what was not is not")
    func limits() async throws {
        try await world { world in
            let (anna, bert) = (try await world.created(), try await world.created())
            let mailbox: [UInt8] = [7, 7]
            func send(_ user: User, _ kind: MailOrder.Kind, _ outcome: MailOutcome, at moment: Instant) async throws {
                try await write([world.order(for: user, kind, address: "x@example.org")], world)
                let due = try #require(try await take(world).first)
                try await world.stores.mails.settle(due, outcome, at: moment)
            }
            try await send(anna, .resetPassword, .sent(mailbox: mailbox), at: world.now)
            try await send(anna, .verifyEmail, .sent(mailbox: mailbox), at: world.now)
            try await send(bert, .resetPassword, .sent(mailbox: mailbox), at: world.now)
            try await send(anna, .resetPassword, .sent(mailbox: [8]), at: world.now)
            try await send(anna, .resetPassword, .dropped(reason: "enough"), at: world.now)
            try await send(anna, .resetPassword, .sent(mailbox: mailbox), at: world.now - 100)
            let store = world.stores.mails
            let sent = try await store.sent(.resetPassword, to: anna.id, mailbox: mailbox, since: world.now - 50)
            #expect(sent == (2, 3))
        }
    }
}

@Suite("AccountLinkStore")
struct AccountLinkStoreTests {
    private func linked(
        _ kind: OpaqueToken.Kind, _ world: World, verified: Bool = false
    ) async throws -> (user: User, token: OpaqueToken) {
        var user = world.user()
        user.email = "anna@example.org"
        user.emailVerified = verified
        user.passwordHash = "old"
        try await world.stores.users.create(user, world.record())
        let end = world.now + 1800
        let bucket = kind == .passwordReset ? Bucket.hour(of: end) : Bucket.day(of: end)
        let token = OpaqueToken(kind, bucket: bucket, secret: world.bytes())
        try await world.stores.links.add(
            AccountLink(userID: user.id, email: "anna@example.org", createdAt: world.now, expiresAt: end), as: token)
        return (user, token)
    }

    private func reset(_ user: User, _ token: OpaqueToken) -> NewPassword {
        NewPassword(userID: user.id, hash: "new", proof: .link(token), keeping: nil)
    }

    @Test(
        "a link is found as often as it is looked at, until its time is over, and by its own kind alone (CVE-2026-4282)"
    )
    func looking() async throws {
        try await withStores { world in
            let store = world.stores.links
            let (anna, reset) = try await linked(.passwordReset, world)
            let (bert, verification) = try await linked(.emailVerification, world)
            for _ in 0..<3 {
                #expect(try await store.userToReset(reset, at: world.now) == anna)
                #expect(try await store.userToVerify(verification, at: world.now) == bert)
            }
            #expect(try await store.userToReset(reset, at: world.now + 1800) == nil)
            #expect(try await store.userToVerify(verification, at: world.now + 1800) == nil)
            #expect(try await store.userToReset(verification, at: world.now) == nil)
            #expect(try await store.userToVerify(reset, at: world.now) == nil)
            #expect(try await !store.verify(reset, world.record()))
            let cookie = OpaqueToken(.session, bucket: reset.bucket, secret: world.bytes())
            #expect(try await store.userToReset(cookie, at: world.now) == nil)
            let forged = OpaqueToken(.passwordReset, bucket: Bucket(1), secret: world.bytes())
            #expect(try await store.userToReset(forged, at: world.now) == nil)
            let error = await refusal { () throws(OAuthError) in
                try await store.add(
                    AccountLink(userID: anna.id, email: "x", createdAt: world.now, expiresAt: world.now), as: cookie)
            }
            #expect(error?.code == .serverError)
        }
    }

    @Test("of 16 who use one link at once one sets the password; every other link of the user is worth nothing then")
    func resetOnce() async throws {
        try await withStores { world in
            let (user, token) = try await linked(.passwordReset, world)
            let other = OpaqueToken(.passwordReset, bucket: token.bucket, secret: world.bytes())
            try await world.stores.links.add(
                AccountLink(
                    userID: user.id, email: "anna@example.org", createdAt: world.now, expiresAt: world.now + 1800),
                as: other)
            let done = try await atOnce(16) { _ in
                try await world.stores.users.setPassword(reset(user, token), world.record())
            }
            #expect(done.filter { $0 }.count == 1)
            let now = try #require(try await world.stores.users.user(user.id))
            #expect(now.passwordHash == "new" && now.emailVerified, "mail to the address was seen to arrive")
            #expect(try await world.stores.links.userToReset(other, at: world.now) == nil)
            #expect(try await !world.stores.users.setPassword(reset(user, other), world.record()))
        }
    }

    @Test("a link sets no password of another user, none after its time, and none once the address is another one")
    func resetRefused() async throws {
        try await withStores { world in
            let (user, token) = try await linked(.passwordReset, world)
            let stranger = try await world.created()
            #expect(try await !world.stores.users.setPassword(reset(stranger, token), world.record()))
            let late = world.record(at: world.now + 1800)
            let (bert, second) = try await linked(.passwordReset, world)
            #expect(try await !world.stores.users.setPassword(reset(bert, second), late))
            var moved = bert
            moved.email = "bert@elsewhere.example"
            moved.updatedAt = world.now + 1
            #expect(try await world.stores.users.change(bert, to: moved, world.record()))
            #expect(try await world.stores.links.userToReset(second, at: world.now) == nil)
            #expect(try await !world.stores.users.setPassword(reset(bert, second), world.record()))
            #expect(try await world.stores.users.user(bert.id)?.passwordHash == "old")
            _ = user
        }
    }

    @Test("of 16 who use one link at once one confirms the address; after a change of address nobody does")
    func verifyOnce() async throws {
        try await withStores { world in
            let (user, token) = try await linked(.emailVerification, world)
            let record = world.record()
            let done = try await atOnce(16) { _ in try await world.stores.links.verify(token, record) }
            #expect(done.filter { $0 }.count == 1)
            #expect(try await world.written(record) == [1, 1])
            #expect(try await world.stores.users.user(user.id)?.emailVerified == true)
            let (bert, second) = try await linked(.emailVerification, world)
            var moved = bert
            moved.email = "bert@elsewhere.example"
            moved.updatedAt = world.now + 1
            #expect(try await world.stores.users.change(bert, to: moved, world.record()))
            #expect(try await !world.stores.links.verify(second, world.record()))
            #expect(try await world.stores.users.user(bert.id)?.emailVerified == false)
        }
    }

    @Test("the secrets of links are in no row: neither the text nor anything but its hash")
    func secrets() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            let (_, token) = try await linked(.passwordReset, world)
            let rows = try await world.database.read("SELECT r::text FROM password_resets r")
            let text = try rows.exactlyOne().value(0, as: String.self)
            #expect(!text.contains(token.text) && !text.contains(String(token.text.suffix(43))))
        }
    }
}
