import JOSE
import Postgres
import Provider
import Testing

@Suite("ApplicationStore")
struct ApplicationStoreTests {
    private func application(_ world: World, kind: Client.Kind = .confidential) -> Application {
        let id = ApplicationID(bucket: .day(of: world.now + 90 * 86_400, from: world.now), random: world.name())
        var application = Application(
            id: id, name: "Zoë's \"books\"", kind: kind, email: "\(world.name())@example.org", language: "de",
            createdAt: world.now, expiresAt: world.now + 60 * 86_400)
        application.description = "Two\nlines"
        application.grantTypes = [.authorizationCode, .refreshToken]
        application.redirectURIs = ["https://rp.example/cb?a=\"{b,c}\""]
        application.scopes = ScopeList(["openid", "profile"])
        application.resources = ["https://api.example"]
        return application
    }

    private func client(_ application: Application, _ world: World) -> Client {
        var client = Client(
            id: ClientID(world.name("c")), name: application.name, kind: application.kind, createdAt: world.now)
        client.redirectURIs = application.redirectURIs
        client.allowedScopes = application.scopes
        return client
    }

    private func added(_ world: World, kind: Client.Kind = .confidential) async throws -> Application {
        let application = self.application(world, kind: kind)
        #expect(
            try await world.stores.applications.add(
                application, within: ApplicationLimits(), self.record(world, from: world.name("net"))))
        return application
    }

    /// An approved application whose link has left.
    private func approved(
        _ world: World, kind: Client.Kind = .confidential
    ) async throws -> (application: Application, client: Client, link: OpaqueToken) {
        let application = try await added(world, kind: kind)
        let client = client(application, world)
        let store = world.stores.applications
        #expect(try await store.approve(application.id, as: client, mailUntil: world.now + 60, world.record()))
        let link = link(of: application, world)
        #expect(try await store.set(link, of: application.id, until: world.now + 600, at: world.now))
        return (application, client, link)
    }

    private func link(of application: Application, _ world: World) -> OpaqueToken {
        OpaqueToken(.applicationLink, bucket: application.id.bucket, secret: world.bytes())
    }

    @Test("an application is kept as it was asked, with its line in the audit log")
    func kept() async throws {
        try await withStores { world in
            let application = self.application(world)
            let record = world.record()
            let store = world.stores.applications
            #expect(try await store.add(application, within: ApplicationLimits(), record))
            #expect(try await world.written(record) == [1, 1])
            let kept = try await store.application(application.id, at: world.now)
            #expect(kept == application)
            let unknown = ApplicationID(bucket: application.id.bucket, random: "x")
            #expect(try await store.application(unknown, at: world.now) == nil)
            let forged = ApplicationID(bucket: Bucket(7), random: application.id.random)
            #expect(try await store.application(forged, at: world.now) == nil)
        }
    }

    @Test("only so many wait for a decision, of a network and altogether; then nothing is written")
    func limits() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            let store = world.stores.applications
            var limits = ApplicationLimits()
            (limits.undecided, limits.undecidedPerNetwork) = (3, 2)
            let first = application(world)
            let isTaken = try await store.add(first, within: limits, record(world, from: "a"))
            #expect(isTaken)
            #expect(try await store.add(application(world), within: limits, record(world, from: "a")))
            let refused = record(world, from: "a")
            #expect(try await store.add(application(world), within: limits, refused) == false)
            #expect(try await world.written(refused) == [0, 0])
            #expect(try await store.add(application(world), within: limits, record(world, from: "b")))
            #expect(try await store.add(application(world), within: limits, record(world, from: "c")) == false)
            // What is decided makes room, and so does what lapsed.
            #expect(try await store.refuse(first.id, because: nil, mailUntil: world.now, world.record()))
            #expect(try await store.add(application(world), within: limits, record(world, from: "c")))
            let late = record(world, from: "c", at: world.now + 61 * 86_400)
            #expect(try await store.add(application(world), within: limits, late))
        }
    }

    @Test("many networks of one delegation have a share of all, and one mailbox another, however it is written")
    func shares() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            let store = world.stores.applications
            var limits = ApplicationLimits()
            (limits.undecidedPerDelegation, limits.undecidedPerMailbox) = (3, 2)
            for (network, delegation, isTaken) in [
                ("1", "d", true), ("2", "d", true), ("3", "d", true), ("4", "d", false), ("4", "e", true),
            ] {
                let record = record(world, from: network, of: delegation)
                let outcome = try await store.add(application(world), within: limits, record)
                #expect(outcome == isTaken, "\(network) of \(delegation)")
                #expect(try await world.written(record) == (isTaken ? [1, 1] : [0, 0]))
            }
            for (email, isTaken) in [
                ("Anna@Example.org", true), ("anna@example.org", true), ("ANNA@example.ORG", false),
                ("hanna@example.org", true),
            ] {
                var wish = application(world)
                wish.email = email
                let record = record(world, from: world.name("net"))
                #expect(try await store.add(wish, within: limits, record) == isTaken, "\(email)")
            }
        }
    }

    /// A record of a request from a network.
    private func record(
        _ world: World, from network: String, of delegation: String? = nil, at moment: Instant? = nil
    ) -> Record {
        var record = world.record(at: moment)
        (record.trail.network, record.trail.delegation) = (network, delegation ?? network)
        return record
    }

    @Test("lists by age, by status, kind, address, scopes and client, page by page; what lapsed waits for nobody")
    func lists() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            let store = world.stores.applications
            let (one, two) = (try await added(world), try await added(world, kind: .public))
            let (three, client, _) = try await approved(world)
            func ids(
                _ filter: ApplicationFilter, at moment: Instant? = nil
            ) async throws -> Set<ApplicationID> {
                Set(try await store.applications(filter, PageRequest(), at: moment ?? world.now).items.map(\.id))
            }
            #expect(try await ids(ApplicationFilter()) == [one.id, two.id, three.id])
            #expect(try await ids(ApplicationFilter(status: .pending)) == [one.id, two.id])
            #expect(try await ids(ApplicationFilter(status: .pending), at: one.expiresAt).isEmpty)
            #expect(try await ids(ApplicationFilter(status: .approved)) == [three.id])
            #expect(try await ids(ApplicationFilter(email: two.email.uppercased())) == [two.id])
            #expect(try await ids(ApplicationFilter(clientID: client.id)) == [three.id])
            var filter = ApplicationFilter()
            filter.kind = .public
            #expect(try await ids(filter) == [two.id])
            filter.scopes = ScopeList(["profile", "email"])
            #expect(try await ids(filter).isEmpty)
            filter.scopes = ScopeList(["profile"])
            #expect(try await ids(filter) == [two.id])

            var (seen, page): ([ApplicationID], PageRequest) = ([], PageRequest(limit: 2))
            repeat {
                let next = try await store.applications(ApplicationFilter(), page, at: world.now)
                seen += next.items.map(\.id)
                page.cursor = next.nextCursor
            } while page.cursor != nil
            #expect(seen.count == 3 && Set(seen) == [one.id, two.id, three.id])
        }
    }

    @Test("of 32 who approve and refuse at once one decides: one client or none, one event, one line of the audit log")
    func decisionRace() async throws {
        try await withStores { world in
            let store = world.stores.applications
            for _ in 0..<4 {
                let application = try await added(world)
                let clients = (0..<32).map { _ in client(application, world) }
                let records = (0..<32).map { _ in world.record() }
                let outcomes = try await atOnce(32) { number in
                    let isDone =
                        number % 2 == 0
                        ? try await store.approve(
                            application.id, as: clients[number], mailUntil: world.now, records[number])
                        : try await store.refuse(
                            application.id, because: "no", mailUntil: world.now, records[number])
                    return isDone ? number : nil
                }
                let winners = outcomes.compactMap { $0 }
                #expect(winners.count == 1)
                let winner = try #require(winners.first)
                let stands = try #require(try await store.application(application.id, at: world.now))
                #expect(stands.status == (winner % 2 == 0 ? .approved : .refused))
                #expect(stands.clientID == (winner % 2 == 0 ? clients[winner].id : nil))
                for number in 0..<32 {
                    let isRegistered =
                        try await world.stores.clients.client(clients[number].id, at: world.now) != nil
                    #expect(isRegistered == (number == winner && winner % 2 == 0))
                    #expect(try await world.written(records[number]) == (number == winner ? [1, 1] : [0, 0]))
                }
            }
        }
    }

    @Test("nothing is decided after its time, and a scope that is gone makes no client")
    func undecidable() async throws {
        try await withStores { world in
            let store = world.stores.applications
            let application = try await added(world)
            let late = world.record(at: application.expiresAt)
            #expect(
                try await store.approve(
                    application.id, as: client(application, world), mailUntil: world.now, late) == false)
            #expect(try await store.refuse(application.id, because: nil, mailUntil: world.now, late) == false)
            var odd = client(application, world)
            odd.allowedScopes = ScopeList(["no-such-scope"])
            let error = await #expect(throws: OAuthError.self) {
                _ = try await store.approve(application.id, as: odd, mailUntil: world.now, world.record())
            }
            #expect(error?.code == .invalidClientMetadata)
            #expect(try await store.application(application.id, at: world.now)?.status == .pending)
            #expect(try await world.stores.clients.client(odd.id, at: world.now) == nil)
        }
    }

    @Test("a client has no secret until its link is used; of 32 who use it one gets one")
    func collectRace() async throws {
        try await withStores { world in
            let store = world.stores.applications
            let (application, client, link) = try await approved(world)
            #expect(try await world.stores.clients.client(client.id, at: world.now)?.secrets.isEmpty == true)
            for _ in 0..<3 {
                #expect(try await store.application(behind: link, at: world.now)?.id == application.id)
            }
            let secrets = (0..<32).map { _ in world.secret(of: client.id) }
            let records = (0..<32).map { _ in world.record() }
            let outcomes = try await atOnce(32) { number in
                try await store.collect(link, secret: secrets[number], records[number]) ? number : nil
            }
            let winners = outcomes.compactMap { $0 }
            #expect(winners.count == 1)
            let winner = try #require(winners.first)
            let registered = try await world.stores.clients.client(client.id, at: world.now)
            #expect(registered?.secrets.map(\.id) == [secrets[winner].id])
            for number in 0..<32 {
                #expect(try await world.written(records[number]) == (number == winner ? [1, 1] : [0, 0]))
            }
            #expect(try await store.application(behind: link, at: world.now) == nil)
            #expect(try await store.application(application.id, at: world.now)?.collectedAt == world.now)
            #expect(try await store.set(link, of: application.id, until: world.now + 600, at: world.now) == false)
        }
    }

    @Test(
        "a link is over with its time, with a newer link, with its client; a forged one, or one of another kind, is none"
    )
    func links() async throws {
        try await withStores { world in
            let store = world.stores.applications
            let (application, client, link) = try await approved(world)
            let late = world.now + 600
            #expect(try await store.application(behind: link, at: late) == nil)
            #expect(try await store.collect(link, secret: nil, world.record(at: late)) == false)
            let newer = self.link(of: application, world)
            #expect(try await store.set(newer, of: application.id, until: world.now + 600, at: world.now))
            #expect(try await store.collect(link, secret: nil, world.record()) == false)
            for kind in [OpaqueToken.Kind.passwordReset, .session] {
                let other = OpaqueToken(kind, bucket: application.id.bucket, secret: world.bytes())
                #expect(try await store.application(behind: other, at: world.now) == nil)
                #expect(try await store.collect(other, secret: nil, world.record()) == false)
            }
            let forged = OpaqueToken(.applicationLink, bucket: Bucket(7), secret: world.bytes())
            #expect(try await store.collect(forged, secret: nil, world.record()) == false)
            #expect(try await world.stores.clients.delete(client.id, world.record()))
            #expect(
                try await store.collect(newer, secret: world.secret(of: client.id), world.record()) == false)
            // An administrator was faster: who asked is sent to them, and nothing is made beside their secret.
            let (_, rotated, unused) = try await approved(world)
            let made = world.secret(of: rotated.id)
            #expect(
                try await world.stores.clients.rotateSecret(made, previousExpiresAt: world.now, world.record()) != nil)
            #expect(try await store.application(behind: unused, at: world.now) == nil)
            #expect(
                try await store.collect(unused, secret: world.secret(of: rotated.id), world.record()) == false)
            #expect(try await world.stores.clients.secrets(of: rotated.id, at: world.now).map(\.id) == [made.id])
            let (_, open, last) = try await approved(world, kind: .public)
            #expect(try await store.collect(last, secret: nil, world.record()))
            #expect(try await world.stores.clients.client(open.id, at: world.now)?.secrets.isEmpty == true)
        }
    }

    @Test("the mail of a decision is taken by one server at a time, comes back when that dies, and ends once")
    func notices() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            let store = world.stores.applications
            let application = try await added(world)
            @Sendable func take(at moment: Instant) async throws -> [DueApplicationNotice] {
                try await store.takeNotices(limit: 10, leaseEndsAt: moment + 90, at: moment)
            }
            #expect(try await take(at: world.now).isEmpty, "nothing is decided")
            #expect(try await store.refuse(application.id, because: "no", mailUntil: world.now + 600, world.record()))
            #expect(try await world.stores.mails.waiting(at: world.now + 30) == (1, 30))
            let first = try await atOnce(8) { _ in try await take(at: world.now) }.flatMap { $0 }
            #expect(first.map(\.application.id) == [application.id])
            #expect(first.first?.attempts == 1 && first.first?.givesUpAt == world.now + 600)
            #expect(first.first?.application.decision?.reason == "no")
            // The server died; another one takes over, and a late report of the first changes nothing.
            let second = try #require(try await take(at: world.now + 91).first)
            #expect(second.attempts == 2)
            try await store.settle(first[0], .sent(mailbox: []), at: world.now + 92)
            try await store.settle(second, .retry(at: world.now + 200, reason: "away"), at: world.now + 93)
            #expect(try await take(at: world.now + 199).isEmpty)
            let third = try #require(try await take(at: world.now + 200).first)
            try await store.settle(third, .sent(mailbox: []), at: world.now + 201)
            #expect(try await take(at: world.now + 10_000).isEmpty)
            #expect(try await world.stores.mails.waiting(at: world.now + 10_000) == (0, 0))
        }
    }

    @Test("another link is mailed while there is something to collect and no mail on its way; the former one is dead")
    func resending() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            let store = world.stores.applications
            @Sendable func resend(_ id: ApplicationID, _ record: Record) async throws(OAuthError) -> Bool {
                try await store.resend(id, mailUntil: record.trail.now + 600, record)
            }
            let (application, client, link) = try await approved(world)
            let early = world.record()
            #expect(try await resend(application.id, early) == false, "the mail of the approval is on its way")
            #expect(try await world.written(early) == [0, 0])
            #expect(try await store.application(behind: link, at: world.now)?.id == application.id)
            let sent = try #require(
                try await store.takeNotices(limit: 10, leaseEndsAt: world.now + 90, at: world.now).first)
            try await store.settle(sent, .dead(reason: "no such mailbox"), at: world.now)

            let later = world.now + 500
            let records = (0..<8).map { _ in world.record(at: later) }
            let outcomes = try await atOnce(8) { try await resend(application.id, records[$0]) }
            #expect(outcomes.count(where: { $0 }) == 1)
            for (record, isDone) in zip(records, outcomes) {
                #expect(try await world.written(record) == (isDone ? [1, 1] : [0, 0]))
            }
            #expect(try await store.application(behind: link, at: later) == nil)
            #expect(try await store.collect(link, secret: nil, world.record(at: later)) == false)
            #expect(try await world.stores.mails.waiting(at: later + 30) == (1, 30))
            let again = try #require(try await store.takeNotices(limit: 10, leaseEndsAt: later + 90, at: later).first)
            #expect(again.attempts == 1 && again.givesUpAt == later + 600)
            let newer = self.link(of: application, world)
            #expect(try await store.set(newer, of: application.id, until: later + 600, at: later))
            try await store.settle(again, .sent(mailbox: []), at: later)
            #expect(
                try await store.collect(newer, secret: world.secret(of: client.id), world.record(at: later)))
            #expect(try await resend(application.id, world.record(at: later)) == false, "collected")

            // What waits, what was refused, and a client that is gone or has a secret: nothing is mailed.
            let (waiting, refused) = (try await added(world), try await added(world))
            #expect(try await store.refuse(refused.id, because: nil, mailUntil: world.now, world.record()))
            let (gone, clientGone, _) = try await approved(world)
            let (rotated, clientRotated, _) = try await approved(world)
            for notice in try await store.takeNotices(limit: 10, leaseEndsAt: world.now + 90, at: world.now) {
                try await store.settle(notice, .sent(mailbox: []), at: world.now)
            }
            #expect(try await world.stores.clients.delete(clientGone.id, world.record()))
            let made = world.secret(of: clientRotated.id)
            #expect(
                try await world.stores.clients.rotateSecret(made, previousExpiresAt: world.now, world.record()) != nil)
            for id in [waiting.id, refused.id, gone.id, rotated.id] {
                #expect(try await resend(id, world.record()) == false)
            }
        }
    }
}
