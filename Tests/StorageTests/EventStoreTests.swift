import EventLoop
import JOSE
import Postgres
import Provider
import Synchronization
import Testing

@Suite("EventStore")
struct EventStoreTests {
    private func append(_ events: [Event], _ world: World) async throws -> Record {
        let record = Record(world.trail(), events: events)
        try await world.stores.events.append(record)
        return record
    }

    @Test("events are read as they happened, in their order, with what they tell")
    func order() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            let record = try await append(
                [.userCreated(UserID("a")), .loginSucceeded(UserID("a"), amr: ["pwd"])], world)
            _ = try await append([.loginFailed(nil)], world)
            try await world.allVisible()
            let page = try await world.stores.events.events(after: nil, types: [], limit: 10)
            #expect(page.items.map(\.type) == ["user.created", "user.login.succeeded", "user.login.failed"])
            #expect(page.items.map(\.subject) == ["a", "a", nil])
            #expect(try JSON.parse(page.items[1].data) == JSON.parse(record.events[1].data))
            #expect(page.items[0].time == record.trail.now)
            #expect(Set(page.items.map(\.id)).count == 3)
            #expect(page.nextCursor == nil)
        }
    }

    @Test("whoever reads page by page while 40 writers write meets every event once, in one order")
    func pages() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            let expected = Set((0..<40).flatMap { writer in (0..<5).map { "u\(writer)-\($0)" } })
            let done = Mutex(false)
            async let writing: Void = {
                _ = try await atOnce(40) { writer in
                    for number in 0..<5 { _ = try await append([.userUpdated(UserID("u\(writer)-\(number)"))], world) }
                }
                try await world.allVisible()
                done.withLock { $0 = true }
            }()
            var (seen, cursor): ([String], String?) = ([], nil)
            while true {
                let isLast = done.withLock { $0 }
                let page = try await world.stores.events.events(after: cursor, types: [], limit: 7)
                seen += page.items.compactMap(\.subject)
                cursor = page.items.last?.cursor ?? cursor
                if isLast, page.items.isEmpty { break }
            }
            try await writing
            #expect(Set(seen) == expected)
            #expect(seen.count == expected.count)
            let whole = try await world.stores.events.events(after: nil, types: [], limit: 200)
            #expect(whole.items.compactMap(\.subject) == seen)
        }
    }

    @Test("the cursor does not pass an event that a slower transaction may still bring")
    func slowTransaction() async throws {
        let place = try await TestDatabase.fresh()
        try await withStores(at: place) { world in
            let store = world.stores.events
            try await world.database.transaction { (transaction) throws(DatabaseError) in
                // It has its number, and its event is not yet visible.
                _ = try await transaction.query(
                    "INSERT INTO outbox (type, time, data, request_id) VALUES ('slow', now(), '{}', 'r')")
                do {
                    _ = try await append([.loginFailed(nil)], world)
                    let early = try await store.events(after: nil, types: [], limit: 10)
                    #expect(early.items.isEmpty)
                } catch {
                    Issue.record(error)
                }
            }
            try await world.allVisible()
            let all = try await store.events(after: nil, types: [], limit: 10)
            #expect(all.items.map(\.type) == ["slow", "user.login.failed"])
        }
    }

    @Test("types are asked for by name or by kind, and nothing else is taken for a pattern")
    func types() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            _ = try await append(
                [
                    .clientCreated(ClientID("c")), .userCreated(UserID("u")), .loginFailed(nil),
                    .consentRevoked(UserID("u"), ClientID("c")),
                ], world)
            try await world.allVisible()
            func types(_ wanted: [String]) async throws -> [String] {
                try await world.stores.events.events(after: nil, types: wanted, limit: 10).items.map(\.type)
            }
            #expect(try await types(["oauth2.*"]) == ["oauth2.client.created", "oauth2.consent.revoked"])
            #expect(try await types(["user.created", "user.login.*"]) == ["user.created", "user.login.failed"])
            #expect(try await types(["user"]) == [])
            #expect(try await types(["user_created", "%", "**", "*.created", "user.*.failed"]) == [])
            #expect(try await types(["*"]).count == 4)
        }
    }

    @Test("a cursor that no page gave is refused by name", arguments: ["", "abc", "MS4y", "MS4yLjMuNA", "LTEuMS4x"])
    func foreignCursor(_ cursor: String) async throws {
        try await withStores { world in
            let error = await refusal { () throws(OAuthError) in
                try await world.stores.events.events(after: cursor, types: [], limit: 1)
            }
            #expect(error?.code == .invalidRequest)
            #expect(error?.parameter == "after")
        }
    }
}
