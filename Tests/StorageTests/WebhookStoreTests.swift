import Provider
import Testing

@Suite("WebhookStore")
struct WebhookStoreTests {
    private func webhook(_ world: World, types: [String] = ["user.*"], age: Int = 0) -> Webhook {
        Webhook(
            id: world.name("w"), url: "https://hook.example", types: types, description: age == 0 ? nil : "d",
            sealedSecret: world.bytes(), createdAt: world.now - age)
    }

    private func happen(_ names: [String], _ world: World) async throws {
        for name in names {
            try await world.stores.events.append(Record(world.trail(), events: [.userUpdated(UserID(name))]))
        }
        try await world.allVisible()
    }

    private func take(_ world: World, limit: Int = 10, after seconds: Int = 0) async throws -> [DueDelivery] {
        let now = world.now + seconds
        return try await world.stores.webhooks.take(limit: limit, leaseEndsAt: now + 30, at: now)
    }

    @Test("endpoints are created, read, listed oldest first and deleted")
    func endpoints() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            let store = world.stores.webhooks
            let (young, old) = (webhook(world), webhook(world, types: ["oauth2.*", "user.locked"], age: 9))
            let record = world.record()
            try await store.create(young, record)
            try await store.create(old, world.record())
            let all = try await store.webhooks(toldOf: nil, PageRequest())
            #expect(all.items == [old, young] && all.nextCursor == nil)
            #expect(try await store.webhook(old.id) == old)
            #expect(try await store.webhook("none") == nil)
            let deletion = world.record()
            #expect(try await store.delete(old.id, deletion))
            #expect(try await store.delete(old.id, deletion) == false)
            #expect(try await store.webhook(old.id) == nil)
            #expect(try await world.written(record) == [1, 1])
            #expect(try await world.written(deletion) == [1, 1])
        }
    }

    @Test("endpoints are filtered by what they are told of, page by page")
    func filter() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            let store = world.stores.webhooks
            let hooks = [["user.*"], ["oauth2.token.*", "user.locked"], ["user.locked"], ["*"]].enumerated().map {
                webhook(world, types: $0.element, age: 9 - $0.offset)
            }
            for hook in hooks { try await store.create(hook, world.record()) }
            func found(_ type: String) async throws -> [Int?] {
                var (found, cursor): ([Webhook], String?) = ([], nil)
                repeat {
                    let page = try await store.webhooks(toldOf: type, PageRequest(limit: 1, cursor: cursor))
                    found += page.items
                    cursor = page.nextCursor
                } while cursor != nil
                return found.map { hooks.firstIndex(of: $0) }
            }
            #expect(try await found("user.locked") == [0, 1, 2, 3])
            #expect(try await found("user.*") == [0, 3])
            #expect(try await found("oauth2.token.issued") == [1, 3])
            #expect(try await found("oauth2.client.created") == [3])
            let error = await refusal { () throws(OAuthError) in
                try await store.webhooks(toldOf: nil, PageRequest(cursor: "%"))
            }
            #expect(error?.parameter == "cursor")
        }
    }

    @Test("new events go to each endpoint that wants them, and only those since it was made")
    func enqueue() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            let store = world.stores.webhooks
            try await happen(["before"], world)
            let (users, logins) = (webhook(world), webhook(world, types: ["user.login.failed"]))
            try await store.create(users, Record(world.trail()))
            try await store.create(logins, Record(world.trail()))
            try await happen(["a", "b"], world)
            #expect(try await store.enqueue(limit: 2, at: world.now) == 2)
            #expect(try await store.enqueue(limit: 2, at: world.now) == 1)
            #expect(try await store.enqueue(limit: 2, at: world.now) == 0)
            let queued = try await store.deliveries(of: users.id, PageRequest())
            #expect(queued.items.map(\.event.subject) == ["b", "a"])
            #expect(queued.items.allSatisfy { $0.state == .pending && $0.attempts == 0 })
            #expect(try await store.deliveries(of: logins.id, PageRequest()).items.isEmpty)
            #expect(try await store.lag(at: world.now + 7) == (2, 7))
        }
    }

    @Test("of 32 servers that distribute at once each event is queued once")
    func enqueueRace() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            let hook = webhook(world)
            try await world.stores.webhooks.create(hook, Record(world.trail()))
            let names = (0..<60).map { "u\($0)" }
            try await happen(names, world)
            var moved = 0
            while moved < 60 {
                moved += try await atOnce(32) { _ in try await world.stores.webhooks.enqueue(limit: 3, at: world.now) }
                    .reduce(0, +)
            }
            let queued = try await world.stores.webhooks.deliveries(of: hook.id, PageRequest(limit: 200))
            #expect(queued.items.map(\.event.subject) == names.reversed())
        }
    }

    @Test("deliveries are listed newest first, page by page")
    func deliveries() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            let (store, hook) = (world.stores.webhooks, webhook(world))
            try await store.create(hook, Record(world.trail()))
            try await happen(["a", "b", "c", "d", "e"], world)
            _ = try await store.enqueue(limit: 10, at: world.now)
            let first = try await store.deliveries(of: hook.id, PageRequest(limit: 3))
            let second = try await store.deliveries(of: hook.id, PageRequest(limit: 3, cursor: first.nextCursor))
            #expect((first.items + second.items).map(\.event.subject) == ["e", "d", "c", "b", "a"])
            #expect(second.nextCursor == nil)
            let error = await refusal { () throws(OAuthError) in
                try await store.deliveries(of: hook.id, PageRequest(cursor: "x"))
            }
            #expect(error?.parameter == "cursor")
        }
    }

    @Test("an endpoint is served by one server at a time, oldest delivery first")
    func take() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            let (store, hook) = (world.stores.webhooks, webhook(world))
            try await store.create(hook, Record(world.trail()))
            try await happen(["a", "b"], world)
            _ = try await store.enqueue(limit: 10, at: world.now)
            let taken = try await atOnce(32) { _ in try await take(world) }.flatMap { $0 }
            let first = try #require(taken.first)
            #expect(taken.count == 1)
            #expect(first.delivery.event.subject == "a")
            #expect(first.webhook == hook)
            #expect(try await take(world, after: 29).isEmpty)
            try await store.settle(first, .delivered(status: 204), at: world.now + 1)
            let second = try #require(try await take(world, after: 2).first)
            #expect(second.delivery.event.subject == "b")
            let newest = try await store.deliveries(of: hook.id, PageRequest()).items
            #expect(newest.map(\.state) == [.pending, .delivered])
            #expect(newest[1].lastStatus == 204)
            #expect(newest[1].deliveredAt == world.now + 1)
            #expect(newest[1].nextAttemptAt == nil)
        }
    }

    @Test("as many endpoints are taken as asked for, the longest waiting first")
    func limit() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            for _ in 0..<3 { try await world.stores.webhooks.create(webhook(world), Record(world.trail())) }
            try await happen(["a"], world)
            _ = try await world.stores.webhooks.enqueue(limit: 10, at: world.now)
            #expect(try await take(world, limit: 2).count == 2)
            #expect(try await take(world, limit: 2).count == 1)
            #expect(try await take(world, limit: 2).isEmpty)
        }
    }

    @Test("a failed delivery holds up its endpoint until its time, and nobody else's")
    func retry() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            let (store, one, other) = (world.stores.webhooks, webhook(world), webhook(world, age: 1))
            try await store.create(one, Record(world.trail()))
            try await happen(["a", "b"], world)
            _ = try await store.enqueue(limit: 10, at: world.now)
            let due = try #require(try await take(world).first)
            try await store.settle(due, .retry(at: world.now + 60, status: 500, reason: "status"), at: world.now)
            #expect(try await take(world, after: 59).isEmpty)
            try await store.create(other, Record(world.trail()))
            try await happen(["c"], world)
            _ = try await store.enqueue(limit: 10, at: world.now)
            #expect(try await take(world, after: 59).map(\.webhook.id) == [other.id])
            let again = try #require(try await take(world, after: 60).first)
            #expect(again.delivery.id == due.delivery.id)
            #expect(again.delivery.attempts == 2)
            #expect(again.delivery.lastStatus == 500)
            #expect(again.delivery.lastError == "status")
        }
    }

    @Test("a dead letter stays visible and lets the next one pass")
    func deadLetter() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            let (store, hook) = (world.stores.webhooks, webhook(world))
            try await store.create(hook, Record(world.trail()))
            try await happen(["a", "b"], world)
            _ = try await store.enqueue(limit: 10, at: world.now)
            let due = try #require(try await take(world).first)
            try await store.settle(due, .dead(status: nil, reason: "refused"), at: world.now)
            #expect(try await take(world).first?.delivery.event.subject == "b")
            let letters = try await store.deliveries(of: hook.id, PageRequest()).items
            #expect(letters.map(\.state) == [.pending, .dead])
            #expect(letters[1].lastError == "refused")
            #expect(try await store.lag(at: world.now).waiting == 1)
        }
    }

    @Test("a server that died holds its endpoint no longer than its lease; its late report changes nothing")
    func lostLease() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            let (store, hook) = (world.stores.webhooks, webhook(world))
            try await store.create(hook, Record(world.trail()))
            try await happen(["a"], world)
            _ = try await store.enqueue(limit: 10, at: world.now)
            let dead = try #require(try await take(world).first)
            let heir = try #require(try await take(world, after: 30).first)
            #expect(heir.delivery.id == dead.delivery.id)
            #expect(heir.delivery.attempts == 2)
            try await store.settle(dead, .dead(status: nil, reason: "late"), at: world.now + 31)
            #expect(try await take(world, after: 31).isEmpty)
            try await store.settle(heir, .delivered(status: 200), at: world.now + 32)
            #expect(try await store.deliveries(of: hook.id, PageRequest()).items.map(\.state) == [.delivered])
        }
    }

    @Test("a replay queues a span's events again in their order, for the types the endpoint wants")
    func replay() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            let (store, hook) = (world.stores.webhooks, webhook(world))
            for (seconds, name) in [(0, "a"), (10, "b"), (20, "c")] {
                let record = Record(
                    world.trail(at: world.now + seconds),
                    events: [.userUpdated(UserID(name)), .clientCreated(ClientID("c"))])
                try await world.stores.events.append(record)
            }
            try await store.create(hook, Record(world.trail()))
            let count = try await store.replay(hook.id, from: world.now, to: world.now + 20, at: world.now)
            #expect(count == 2)
            #expect(try await store.replay("none", from: world.now, to: world.now + 20, at: world.now) == 0)
            let queued = try await store.deliveries(of: hook.id, PageRequest()).items
            #expect(queued.map(\.event.subject) == ["b", "a"])
        }
    }

    @Test("deliveries of a deleted endpoint are neither taken nor counted")
    func deleted() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            let (store, hook) = (world.stores.webhooks, webhook(world))
            try await store.create(hook, Record(world.trail()))
            try await happen(["a"], world)
            _ = try await store.enqueue(limit: 10, at: world.now)
            #expect(try await store.delete(hook.id, Record(world.trail())))
            #expect(try await take(world).isEmpty)
            #expect(try await store.lag(at: world.now) == (0, 0))
        }
    }
}
