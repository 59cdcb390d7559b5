import Postgres
import Provider
import Testing

@testable import Storage

@Suite("Passkeys (WebAuthn §7)")
struct PasskeyStoreTests {
    private func passkey(of user: User, _ world: World, signCount: UInt32 = 0) -> Passkey {
        Passkey(
            id: world.bytes(), userID: user.id, publicKey: world.bytes(), signCount: signCount, name: "My \"phone\"",
            transports: ["internal", "hybrid"], isBackedUp: true, createdAt: world.now)
    }

    @Test("A passkey is found by its id with its user, and among the user's, who are told of it")
    func add() async throws {
        try await withStores { world in
            let (user, store, record) = (try await world.created(), world.stores.passkeys, world.record())
            let (first, second) = (passkey(of: user, world), passkey(of: user, world, signCount: .max))
            #expect(try await store.add(first, whileHash: nil, record))
            #expect(try await world.written(record) == [1, 1])
            #expect(try await store.add(second, whileHash: nil, world.record()))
            #expect(Set(try await store.passkeys(of: user.id).map(\.id)) == [first.id, second.id])
            let found = try #require(try await store.passkey(second.id))
            #expect(found.passkey == second)
            #expect(found.user.factors.passkeyCount == 2)
            #expect(try await store.passkey(world.bytes()) == nil)
        }
    }

    @Test("An id is taken once, whoever asks, and a user has a limit; nothing is half done (§7.1 step 22)")
    func refused() async throws {
        try await withStores { world in
            let (user, other, store) = (try await world.created(), try await world.created(), world.stores.passkeys)
            let first = passkey(of: user, world)
            #expect(try await store.add(first, whileHash: nil, world.record()))
            var stolen = first
            stolen.userID = other.id
            #expect(try await !store.add(stolen, whileHash: nil, world.record()))
            #expect(try await world.stores.users.user(other.id)?.factors.passkeyCount == 0)
            for _ in 1..<Passkey.limit {
                #expect(try await store.add(passkey(of: user, world), whileHash: nil, world.record()))
            }
            let record = world.record()
            #expect(try await !store.add(passkey(of: user, world), whileHash: nil, record))
            #expect(try await world.written(record) == [0, 0])
            #expect(try await store.passkeys(of: user.id).count == Passkey.limit)
        }
    }

    @Test("A challenge is used once, by one of 32, and none that was made before it (§13.4.3)")
    func challenges() async throws {
        try await withStores { world in
            let (user, store) = (try await world.created(), world.stores.passkeys)
            let passkey = passkey(of: user, world)
            #expect(try await store.add(passkey, whileHash: nil, world.record()))
            @Sendable func use(_ seconds: Int) async throws -> Bool {
                try await store.use(
                    PasskeyUse(
                        id: passkey.id, signCount: 0, isBackedUp: false, challengeAt: world.now + seconds,
                        now: world.now + 60))
            }
            let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<32 { group.addTask { try await use(10) } }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(winners == 1)
            #expect(try await !use(9))
            #expect(try await use(11))
            let stored = try #require(try await store.passkey(passkey.id)).passkey
            #expect(stored.lastUsedAt == world.now + 60)
            #expect(!stored.isBackedUp)
        }
    }

    @Test("A counter only goes forward (§7.2 step 21)")
    func counters() async throws {
        try await withStores { world in
            let (user, store) = (try await world.created(), world.stores.passkeys)
            let passkey = passkey(of: user, world, signCount: 7)
            #expect(try await store.add(passkey, whileHash: nil, world.record()))
            for (place, (count, isAccepted)) in [(8, true), (8, false), (0, false), (7, false), (9, true)].enumerated()
            {
                let use = PasskeyUse(
                    id: passkey.id, signCount: UInt32(count), isBackedUp: true, challengeAt: world.now + place,
                    now: world.now)
                #expect(try await store.use(use) == isAccepted, "\(count)")
            }
        }
    }

    @Test("Only its owner takes it away, and it goes with its owner's account")
    func remove() async throws {
        try await withStores { world in
            let (user, other, store) = (try await world.created(), try await world.created(), world.stores.passkeys)
            let passkey = passkey(of: user, world)
            #expect(try await store.add(passkey, whileHash: nil, world.record()))
            #expect(try await !store.remove(passkey.id, of: other.id, world.record()))
            let record = world.record()
            #expect(try await store.remove(passkey.id, of: user.id, record))
            #expect(try await world.written(record) == [1, 1])
            #expect(try await world.stores.users.user(user.id)?.factors == Factors())
            #expect(try await !store.remove(passkey.id, of: user.id, world.record()))
        }
    }
}
