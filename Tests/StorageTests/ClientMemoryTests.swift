import Postgres
import Provider
import Synchronization
import TestDatabases
import Testing

/// Each has a database of its own: elsewhere other tests change clients all the time, and nothing is remembered.
@Suite("ClientStore: what one server changes, the next question to another is answered by")
struct ClientMemoryTests {
    private func stamp(_ world: World) async throws -> String {
        try await world.database.read("SELECT stamp::text FROM client_changes").exactlyOne().value(0)
    }

    /// Has `b` remember a client with a secret, makes the changes one by one, and asks `b` after each.
    private func eachIsSeen(
        _ a: World, _ b: World, _ changes: [@Sendable (World, inout RegisteredClient) async throws -> Void]
    ) async throws {
        let client = a.client()
        let secret = a.secret(of: client.id)
        try await a.stores.clients.register(client, secret: secret, a.record())
        var expected = RegisteredClient(client: client, secrets: [secret])
        for _ in 0..<2 { #expect(try await b.stores.clients.client(client.id, at: b.now) == expected) }
        for change in changes {
            try await change(a, &expected)
            for _ in 0..<2 { #expect(try await b.stores.clients.client(client.id, at: b.now) == expected) }
        }
    }

    @Test("a client replaced, its scopes changed, its secret rotated or removed")
    func byTheStore() async throws {
        try await withTwoNodes(at: try await TestDatabase.fresh()) { a, b in
            try await eachIsSeen(
                a, b,
                [
                    { a, expected in
                        var new = expected.client
                        new.name = "Another name"
                        new.redirectURIs = ["https://rp.example/other"]
                        new.updatedAt = a.now + 1
                        let isDone = try await a.stores.clients.replace(expected.client, by: new, a.record())
                        #expect(isDone)
                        expected.client = new
                    },
                    { a, expected in
                        var new = expected.client
                        new.allowedScopes = ScopeList(["email"])
                        new.defaultScopes = ScopeList(["email"])
                        new.updatedAt = a.now + 2
                        let isDone = try await a.stores.clients.replace(expected.client, by: new, a.record())
                        #expect(isDone)
                        expected.client = new
                    },
                    { a, expected in
                        let secret = a.secret(of: expected.client.id, at: a.now + 1)
                        _ = try await a.stores.clients.rotateSecret(
                            secret, previousExpiresAt: a.now + 3600, a.record())
                        expected.secrets[0].expiresAt = a.now + 3600
                        expected.secrets.append(secret)
                    },
                    { a, expected in
                        let gone = expected.secrets.removeFirst()
                        let isDone = try await a.stores.clients.removeSecret(
                            gone.id, of: expected.client.id, a.record())
                        #expect(isDone)
                    },
                ])
        }
    }

    @Test("what the owner changes by plain SQL, too")
    func bySQL() async throws {
        let place = try await TestDatabase.fresh()
        @Sendable func asOwner(_ statements: SQL...) async throws {
            try await ThrowAwayDatabase.on(place.ownerConnection) { owner in
                for statement in statements { _ = try await owner.write(statement) }
            }
        }
        try await withTwoNodes(at: place) { a, b in
            try await eachIsSeen(
                a, b,
                [
                    { _, expected in
                        try await asOwner("UPDATE clients SET name = 'By hand'")
                        expected.client.name = "By hand"
                    },
                    { _, expected in
                        try await asOwner("DELETE FROM client_scopes WHERE scope = 'openid'")
                        expected.client.allowedScopes = ScopeList(["profile"])
                    },
                    { _, expected in
                        try await asOwner("UPDATE client_scopes SET scope = 'email'")
                        expected.client.allowedScopes = ScopeList(["email"])
                    },
                    { a, expected in
                        let hash = a.bytes()
                        try await asOwner("UPDATE client_secrets SET hash = \(hash)")
                        expected.secrets[0] = ClientSecret(
                            id: expected.secrets[0].id, clientID: expected.client.id, hash: hash,
                            createdAt: expected.secrets[0].createdAt)
                    },
                    { _, expected in
                        try await asOwner("DELETE FROM client_secrets")
                        expected.secrets = []
                    },
                    { a, expected in
                        let secret = a.secret(of: expected.client.id)
                        try await asOwner(
                            """
                            INSERT INTO client_secrets (id, client_id, hash, created_at)
                            VALUES (\(secret.id.text), \(secret.clientID.text), \(secret.hash),
                                    \(secret.createdAt.rfc3339)::text::timestamptz)
                            """)
                        expected.secrets = [secret]
                    },
                    { _, expected in
                        try await asOwner("TRUNCATE client_secrets")
                        expected.secrets = []
                    },
                ])
            try await asOwner("TRUNCATE clients CASCADE")
            let id = ClientID(try await b.registered().id.text)
            #expect(try await b.stores.clients.client(id, at: b.now) != nil)
            try await asOwner("TRUNCATE clients CASCADE")
            #expect(try await b.stores.clients.client(id, at: b.now) == nil)
        }
    }

    @Test("a change is seen when it is committed and not before, and one that is rolled back never")
    func commit() async throws {
        try await withTwoNodes(at: try await TestDatabase.fresh()) { a, b in
            let client = try await a.registered()
            @Sendable func name() async -> String? {
                try? await b.stores.clients.client(client.id, at: b.now)?.client.name
            }
            #expect(await name() == client.name)
            for isKept in [false, true] {
                do {
                    try await a.database.transaction { transaction throws(DatabaseError) in
                        _ = try await transaction.query("UPDATE clients SET name = 'Changed'")
                        for _ in 0..<2 { #expect(await name() == client.name) }
                        if !isKept { throw .conflict }
                    }
                } catch DatabaseError.conflict {
                    #expect(!isKept)
                }
                for _ in 0..<2 { #expect(await name() == (isKept ? "Changed" : client.name)) }
            }
        }
    }

    @Test("an unknown client is looked up anew; a deleted one is gone, and a later one of its id is another")
    func deletion() async throws {
        try await withTwoNodes(at: try await TestDatabase.fresh()) { a, b in
            let client = a.client()
            for _ in 0..<2 { #expect(try await b.stores.clients.client(client.id, at: b.now) == nil) }
            for round in 0..<2 {
                var registered = client
                registered.name = "Round \(round)"
                let secret = a.secret(of: client.id)
                try await a.stores.clients.register(registered, secret: secret, a.record())
                for _ in 0..<2 {
                    let read = try await b.stores.clients.client(client.id, at: b.now)
                    #expect(read == RegisteredClient(client: registered, secrets: [secret]))
                }
                #expect(try await a.stores.clients.delete(client.id, a.record()))
                for _ in 0..<2 { #expect(try await b.stores.clients.client(client.id, at: b.now) == nil) }
            }
        }
    }

    @Test("counting uses of secrets changes no stamp, every other act does")
    func stamps() async throws {
        try await withTwoNodes(at: try await TestDatabase.fresh()) { a, b in
            let client = a.client()
            let secret = a.secret(of: client.id)
            var stamps = [try await stamp(b)]
            try await a.stores.clients.register(client, secret: secret, a.record())
            stamps.append(try await stamp(b))
            try await a.stores.clients.noteUses([SecretUse(secretID: secret.id, count: 3, lastUsedAt: a.now)])
            #expect(try await stamp(b) == stamps.last)
            #expect(try await b.stores.clients.secrets(of: client.id, at: b.now).map(\.useCount) == [3])
            var new = client
            new.updatedAt = a.now + 1
            #expect(try await a.stores.clients.replace(client, by: new, a.record()))
            stamps.append(try await stamp(b))
            _ = try await a.stores.clients.rotateSecret(
                a.secret(of: client.id, at: a.now + 1), previousExpiresAt: a.now + 9, a.record())
            stamps.append(try await stamp(b))
            #expect(try await a.stores.clients.removeSecret(secret.id, of: client.id, a.record()))
            stamps.append(try await stamp(b))
            #expect(try await a.stores.clients.delete(client.id, a.record()))
            stamps.append(try await stamp(b))
            #expect(Set(stamps).count == stamps.count)
        }
    }

    @Test("a secret whose time is over is not given as live, although nothing was changed")
    func expiredSecret() async throws {
        try await withTwoNodes(at: try await TestDatabase.fresh()) { a, b in
            let client = a.client()
            let (first, second) = (a.secret(of: client.id), a.secret(of: client.id, at: a.now + 1))
            try await a.stores.clients.register(client, secret: first, a.record())
            _ = try await a.stores.clients.rotateSecret(second, previousExpiresAt: a.now + 60, a.record())
            for (later, live) in [(0, [first.id, second.id]), (59, [first.id, second.id]), (60, [second.id])] {
                let read = try await b.stores.clients.client(client.id, at: a.now + later)
                #expect(read?.secrets.map(\.id) == live)
            }
        }
    }

    @Test("however questions and changes meet, no answer is older than a change acknowledged before the question")
    func race() async throws {
        try await withTwoNodes(at: try await TestDatabase.fresh()) { a, b in
            let first = try await a.registered()
            let progress = Progress()
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        var asked = 0
                        while !progress.isOver {
                            let least = progress.acknowledged
                            let read = try await b.stores.clients.client(first.id, at: b.now)
                            let version = try #require(Int(read?.client.tenantID ?? "0"))
                            #expect(version >= least)
                            asked += 1
                        }
                        return asked
                    }
                }
                group.addTask {
                    defer { progress.end() }
                    var old = first
                    for version in 1...40 {
                        var new = old
                        new.tenantID = "\(version)"
                        new.updatedAt = a.now + version
                        let isDone = try await a.stores.clients.replace(old, by: new, a.record())
                        #expect(isDone)
                        progress.acknowledge(version)
                        old = new
                    }
                    return 0
                }
                let asked = try await group.reduce(0, +)
                #expect(asked > 40)
            }
        }
    }
}

/// How far the changes of a race have come.
private final class Progress: Sendable {
    private let state = Mutex((acknowledged: 0, isOver: false))
    var acknowledged: Int { state.withLock { $0.acknowledged } }
    var isOver: Bool { state.withLock { $0.isOver } }
    func acknowledge(_ version: Int) { state.withLock { $0.acknowledged = version } }
    func end() { state.withLock { $0.isOver = true } }
}
