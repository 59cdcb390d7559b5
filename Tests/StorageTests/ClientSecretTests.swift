import Provider
import Testing

@Suite("ClientStore: secrets")
struct ClientSecretTests {
    /// A client with a current secret.
    private func client(_ world: World) async throws -> (Client, ClientSecret) {
        let client = world.client()
        let secret = world.secret(of: client.id)
        try await world.stores.clients.register(client, secret: secret, world.record())
        return (client, secret)
    }

    @Test("a rotation adds a secret and gives the one before its end; ends that were set stay")
    func rotation() async throws {
        try await withStores { world in
            let (client, first) = try await client(world)
            let store = world.stores.clients
            let second = world.secret(of: client.id, at: world.now + 1)
            let record = world.record()
            let rotation = try await store.rotateSecret(second, previousExpiresAt: world.now + 100, record)
            #expect(rotation == SecretRotation(previousExpiresAt: world.now + 100))
            #expect(try await world.written(record) == [1, 1])
            let third = world.secret(of: client.id, at: world.now + 2)
            _ = try await store.rotateSecret(third, previousExpiresAt: world.now + 50, world.record())
            let live = try await store.secrets(of: client.id, at: world.now)
            #expect(live.map(\.id) == [first.id, second.id, third.id])
            #expect(live.map(\.expiresAt) == [world.now + 100, world.now + 50, nil])
            #expect(try await store.client(client.id, at: world.now + 60)?.secrets.map(\.id) == [first.id, third.id])
        }
    }

    @Test("the first secret of a client without one has no previous; a client that is gone gets none")
    func withoutPrevious() async throws {
        try await withStores { world in
            let client = try await world.registered()
            let store = world.stores.clients
            let first = try await store.rotateSecret(
                world.secret(of: client.id), previousExpiresAt: world.now + 9, world.record())
            #expect(first == SecretRotation(previousExpiresAt: nil))
            let record = world.record()
            let orphan = try await store.rotateSecret(
                world.secret(of: ClientID("gone")), previousExpiresAt: world.now + 9, record)
            #expect(orphan == nil)
            #expect(try await world.written(record) == [0, 0])
        }
    }

    @Test("of 32 rotations at once each adds its secret, and one is without an end")
    func rotationRace() async throws {
        try await withStores { world in
            let (client, _) = try await client(world)
            let ends = try await atOnce(32) { number in
                try await world.stores.clients.rotateSecret(
                    world.secret(of: client.id, at: world.now + number), previousExpiresAt: world.now + 5000,
                    world.record())
            }
            #expect(ends.allSatisfy { $0?.previousExpiresAt == world.now + 5000 })
            let live = try await world.stores.clients.secrets(of: client.id, at: world.now)
            #expect(live.count == 33)
            #expect(live.filter { $0.expiresAt == nil }.count == 1)
        }
    }

    @Test("a secret is removed at once, only by its own client's name, and only while it lives")
    func removal() async throws {
        try await withStores { world in
            let (client, secret) = try await client(world)
            let other = try await world.registered()
            let store = world.stores.clients
            #expect(try await store.removeSecret(secret.id, of: other.id, world.record()) == false)
            let record = world.record()
            #expect(try await store.removeSecret(secret.id, of: client.id, record))
            #expect(try await store.removeSecret(secret.id, of: client.id, record) == false)
            #expect(try await world.written(record) == [1, 1])
            #expect(try await store.client(client.id, at: world.now)?.secrets == [])
            // And a new one may be current.
            let next = try await store.rotateSecret(
                world.secret(of: client.id), previousExpiresAt: world.now, world.record())
            #expect(next == SecretRotation(previousExpiresAt: nil))
        }
    }

    @Test("uses are added up; flushes of many servers in any order lose none")
    func uses() async throws {
        try await withStores { world in
            var secrets: [ClientSecret] = []
            for _ in 0..<5 { secrets.append(try await client(world).1) }
            let ids = secrets.map(\.id)
            _ = try await atOnce(20) { round in
                let order = round.isMultiple(of: 2) ? ids : ids.reversed()
                let uses = order.map { SecretUse(secretID: $0, count: 2, lastUsedAt: world.now + round) }
                try await world.stores.clients.noteUses(uses + uses)
            }
            for secret in secrets {
                let read = try await world.stores.clients.secrets(of: secret.clientID, at: world.now)
                #expect(read.map(\.useCount) == [80])
                #expect(read.map(\.lastUsedAt) == [world.now + 19])
            }
            // A late flush does not turn the time back, and unknown ids do no harm.
            let late = [
                SecretUse(secretID: ids[0], count: 1, lastUsedAt: world.now - 9),
                SecretUse(secretID: SecretID("unknown"), count: 1, lastUsedAt: world.now),
            ]
            try await world.stores.clients.noteUses(late)
            let read = try await world.stores.clients.secrets(of: secrets[0].clientID, at: world.now)
            #expect(read.map(\.lastUsedAt) == [world.now + 19])
            #expect(read.map(\.useCount) == [81])
            try await world.stores.clients.noteUses([])
        }
    }
}
