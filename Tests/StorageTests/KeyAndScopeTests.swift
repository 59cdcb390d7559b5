import Provider
import Testing

@Suite("KeyStore and ScopeStore")
struct KeyAndScopeTests {
    private func key(
        _ world: World, _ algorithm: SigningAlgorithm = .rs256, state: SigningKeyRecord.State = .active, age: Int = 0
    ) -> SigningKeyRecord {
        SigningKeyRecord(
            kid: world.name("kid"), algorithm: algorithm, state: state, sealedPrivateKey: world.bytes(),
            publicJWK: #"{"kty":"RSA", "b":1,"a":2}"#, createdAt: world.now - age, activatesAt: world.now,
            retiresAt: state == .retiring ? world.now + 9 : nil)
    }

    @Test("keys are listed oldest first and as they were added, without the retired")
    func list() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            let keys = [
                key(world, age: 3), key(world, .es256, state: .published, age: 2),
                key(world, state: .retiring, age: 1),
            ]
            let record = world.record()
            try await world.stores.keys.add(keys[2], record)
            try await world.stores.keys.add(keys[0], world.record())
            try await world.stores.keys.add(key(world, state: .retired), world.record())
            try await world.stores.keys.add(keys[1], world.record())
            #expect(try await world.stores.keys.keys() == keys)
            #expect(try await world.written(record) == [1, 1])
        }
    }

    @Test("a kid that exists is a conflict")
    func taken() async throws {
        try await withStores { world in
            let key = key(world, state: .retired)
            try await world.stores.keys.add(key, world.record())
            let error = await refusal { () throws(OAuthError) in
                try await world.stores.keys.add(key, world.record())
            }
            #expect(error?.code == .conflict)
        }
    }

    @Test("of 32 servers that start on an empty database one adds the first key of an algorithm")
    func firstKeyRace() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            let record = world.record()
            for algorithm in SigningAlgorithm.allCases {
                let won = try await atOnce(32) { _ in
                    try await world.stores.keys.addFirst(key(world, algorithm), record)
                }
                #expect(won.filter { $0 }.count == 1)
            }
            #expect(Set(try await world.stores.keys.keys().map(\.algorithm)) == [.rs256, .es256])
            #expect(try await world.written(record) == [2, 2])
        }
    }

    @Test("a live key of the algorithm, however it came, leaves no room for a first one")
    func notFirst() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            try await world.stores.keys.add(key(world, state: .published), world.record())
            #expect(try await world.stores.keys.addFirst(key(world), world.record()) == false)
            #expect(try await world.stores.keys.addFirst(key(world, .es256), world.record()))
        }
    }

    @Test("the seeded scopes are there by name, each said in English and German")
    func scopes() async throws {
        try await withStores(at: try await TestDatabase.fresh()) { world in
            let scopes = try await world.stores.scopes.scopes()
            let names = scopes.map(\.name)
            let seeded = [
                "account", "address", "admin", "contracts:read", "contracts:write", "email", "offline_access", "openid",
                "phone", "profile",
            ]
            #expect(names == seeded)
            for scope in scopes { #expect(Set(scope.descriptions.keys) == ["en", "de"]) }
        }
    }
}
