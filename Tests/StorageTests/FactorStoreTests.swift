import Postgres
import Provider
import Testing

@testable import Storage

@Suite("Authenticators and recovery codes")
struct FactorStoreTests {
    private struct Owner: Sendable {
        let user: User
        let sealed: [UInt8]
        let codes: [[UInt8]]
    }

    /// A user whose authenticator is confirmed at step 100.
    private func owner(_ world: World) async throws -> Owner {
        let (user, factors) = (try await world.created(), world.stores.factors)
        let (sealed, codes) = (world.bytes(), [world.bytes(), world.bytes()])
        let login = try await world.keptLogin(of: user)
        #expect(try await factors.propose(sealedSecret: sealed, to: user.id, at: world.now))
        #expect(
            try await factors.confirm(
                sealedSecret: sealed, step: TOTP.Step(number: 100), recoveryHashes: codes, in: login, world.record()))
        return Owner(user: user, sealed: sealed, codes: codes)
    }

    @Test("A secret counts once it is confirmed, with its events; till then another may take its place")
    func confirm() async throws {
        try await withStores { world in
            let (user, factors) = (try await world.created(), world.stores.factors)
            let (first, second) = (world.bytes(), world.bytes())
            #expect(try await factors.propose(sealedSecret: first, to: user.id, at: world.now))
            #expect(try await factors.propose(sealedSecret: second, to: user.id, at: world.now))
            let (record, login) = (world.record(), try await world.keptLogin(of: user))
            let step = TOTP.Step(number: 7)
            #expect(
                try await !factors.confirm(sealedSecret: first, step: step, recoveryHashes: [], in: login, record))
            #expect(try await world.written(record) == [0, 0])
            #expect(try await world.stores.users.user(user.id)?.factors.hasAuthenticator == false)
            #expect(try await !factors.use(TOTP.Step(number: 8), of: user.id), "not confirmed yet")
            #expect(
                try await factors.confirm(
                    sealedSecret: second, step: step, recoveryHashes: [world.bytes()], in: login, record))
            #expect(try await world.written(record) == [1, 1])
            #expect(
                try await factors.authenticator(of: user.id)
                    == StoredAuthenticator(sealedSecret: second, confirmedAt: world.now))
            #expect(try await world.stores.users.user(user.id)?.factors.hasAuthenticator == true)
            #expect(try await !factors.propose(sealedSecret: first, to: user.id, at: world.now))
        }
    }

    @Test("A step is used once, by one of 32, and none before it (RFC 6238 §5.2)")
    func steps() async throws {
        try await withStores { world in
            let (owner, factors) = (try await owner(world), world.stores.factors)
            #expect(try await !factors.use(TOTP.Step(number: 100), of: owner.user.id), "it confirmed the secret")
            let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<32 { group.addTask { try await factors.use(TOTP.Step(number: 102), of: owner.user.id) } }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(winners == 1)
            #expect(try await !factors.use(TOTP.Step(number: 101), of: owner.user.id))
            #expect(try await factors.use(TOTP.Step(number: 103), of: owner.user.id))
        }
    }

    @Test("A recovery code works once, for its owner, and is gone when new ones are made")
    func recoveryCodes() async throws {
        try await withStores { world in
            let (owner, factors, other) = (try await owner(world), world.stores.factors, try await world.created())
            #expect(try await factors.recoveryCodesLeft(of: owner.user.id) == 2)
            #expect(try await !factors.useRecoveryCode(hash: owner.codes[0], of: other.id, world.record()))
            let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<32 {
                    group.addTask {
                        try await factors.useRecoveryCode(hash: owner.codes[0], of: owner.user.id, world.record())
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(winners == 1)
            let (fresh, record) = (world.bytes(), world.record())
            #expect(try await factors.replaceRecoveryCodes(of: owner.user.id, hashes: [fresh], record))
            #expect(try await world.written(record) == [1, 1])
            #expect(try await !factors.useRecoveryCode(hash: owner.codes[1], of: owner.user.id, world.record()))
            #expect(try await factors.useRecoveryCode(hash: fresh, of: owner.user.id, world.record()))
            #expect(try await !factors.replaceRecoveryCodes(of: other.id, hashes: [fresh], world.record()))
        }
    }

    @Test("Taken away, nothing of an authenticator is left")
    func remove() async throws {
        try await withStores { world in
            let (owner, factors, record) = (try await owner(world), world.stores.factors, world.record())
            #expect(try await factors.removeAuthenticator(of: owner.user.id, record))
            #expect(try await world.written(record) == [1, 1])
            #expect(try await factors.authenticator(of: owner.user.id) == nil)
            #expect(try await factors.recoveryCodesLeft(of: owner.user.id) == 0)
            #expect(try await world.stores.users.user(owner.user.id)?.factors == Factors())
            #expect(try await !factors.removeAuthenticator(of: owner.user.id, world.record()))
        }
    }

    @Test("All at once, passkeys too; it is told where there was something, and once")
    func removeAll() async throws {
        try await withStores { world in
            let (owner, factors, record) = (try await owner(world), world.stores.factors, world.record())
            let passkey = Passkey(
                id: world.bytes(), userID: owner.user.id, publicKey: world.bytes(), signCount: 0, name: "Phone",
                transports: [], isBackedUp: false, createdAt: world.now)
            #expect(try await world.stores.passkeys.add(passkey, whileHash: nil, world.record()))
            #expect(try await factors.removeAll(of: owner.user.id, record))
            #expect(try await world.written(record) == [1, 1])
            #expect(try await factors.authenticator(of: owner.user.id) == nil)
            #expect(try await factors.recoveryCodesLeft(of: owner.user.id) == 0)
            #expect(try await world.stores.passkeys.passkeys(of: owner.user.id).isEmpty)
            #expect(try await world.stores.users.user(owner.user.id)?.factors == Factors())
            let again = world.record()
            #expect(try await !factors.removeAll(of: owner.user.id, again))
            #expect(try await world.written(again) == [0, 0])
        }
    }
}
