import Postgres
import Provider
import Testing

@testable import Storage

@Suite("Servers tell one another about rate limits", .serialized)
struct LimitStoreTests {
    private func use(_ count: Int, of subject: String) -> LimitUse {
        LimitUse(policy: "token-client", subject: subject, count: count)
    }

    @Test("A server alone writes nothing; two hear each other's requests once, a third only what comes after it")
    func exchange() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            let (first, second) = (
                PostgresLimits(on: world.database, id: "first"), PostgresLimits(on: world.database, id: "second")
            )
            #expect(try await first.exchange([use(9, of: "a")]) == LimitExchange(servers: 1, uses: []))
            let rows = try await world.database.read("SELECT FROM rate_limit_uses")
            #expect(rows.isEmpty)

            #expect(try await second.exchange([]).servers == 2)
            #expect(
                try await first.exchange([use(3, of: "a"), use(1, of: "b")]) == LimitExchange(servers: 2, uses: []))
            let heard = try await second.exchange([use(5, of: "a")])
            #expect(Set(heard.uses.map { "\($0.subject) \($0.count)" }) == ["a 3", "b 1"])
            #expect(try await second.exchange([]).uses == [], "once")
            #expect(try await first.exchange([use(4, of: "a")]).uses == [use(5, of: "a")])
            #expect(try await second.exchange([]).uses == [use(4, of: "a")])

            let third = PostgresLimits(on: world.database, id: "third")
            #expect(try await third.exchange([]) == LimitExchange(servers: 3, uses: []))
            _ = try await first.exchange([use(2, of: "a")])
            #expect(try await third.exchange([]).uses == [use(2, of: "a")])

            try await second.leave()
            try await third.leave()
            #expect(try await first.exchange([]).servers == 1)
        }
    }
}
