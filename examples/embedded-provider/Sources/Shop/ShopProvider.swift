import Assembly
import Crypto
import EventLoop
import Foundation
import JOSE
import Postgres
import Provider
import Storage
import Web

/// The provider inside the shop, over a PostgreSQL of its own. It belongs to one loop: requests are answered there.
struct ShopProvider: Sendable {
    let provider: OpenIDProvider
    let routes: Routes
    private let cluster: EmbeddedCluster
    private let database: Database

    /// Opens what lies in the directory, made if missing: the database in `data`, the secret of all secrets beside it.
    static func open(issuer: String, in directory: URL, on loop: Loop) async throws -> ShopProvider {
        let lane = Lane(name: "database", threads: 2, capacity: 2)
        let cluster = try await EmbeddedCluster.start(in: directory.appending(path: "data").path, on: lane)
        let database = Database(
            on: loop, lane: lane, configuration: DatabaseConfiguration(connection: cluster.connection))
        do {
            _ = try await Schema(ownerConnection: cluster.ownerConnection, servingRole: "martlet").migrate(on: lane)
            let master = try masterKey(in: directory)
            let (provider, routes) = try await loop.run {
                try await serve(issuer, over: database, master, lane)
            }
            keepUp(database, on: loop)
            return ShopProvider(provider: provider, routes: routes, cluster: cluster, database: database)
        } catch {
            await database.close()
            await cluster.stop()
            throw error
        }
    }

    /// Stops the database.
    func close() async {
        await database.close()
        await cluster.stop()
    }

    /// Tables of what expires are made ahead of time; the loop's end ends it.
    private static func keepUp(_ database: Database, on loop: Loop) {
        loop.start {
            while (try? await loop.sleep(for: .seconds(3600))) != nil {
                // What fails is tried again in an hour; partitions are made a month ahead.
                _ = try? await Partitions(on: database).ensure()
            }
        }
    }

    private static func serve(
        _ issuer: String, over database: Database, _ master: MasterKey, _ lane: Lane
    ) async throws -> (OpenIDProvider, Routes) {
        _ = try await Partitions(on: database).ensure()
        let stores = Stores(on: database)
        let keys = try await signingKeys(in: stores.keys, master, lane)

        var customization = Customization()
        customization.lifetimes = ShopLifetimes()
        customization.claims = ShopClaims()
        let parts = ProviderParts(
            settings: Settings(issuer: issuer), keys: keys, scopes: ScopeCatalog(try await stores.scopes.scopes()),
            master: master, customization: customization)

        let provider = parts.provider(over: stores)
        let routes = Routes(
            provider: provider, operations: Operations(ready: { [] }, metrics: { [] }), loginPage: ShopLoginPage())
        return (provider, routes)
    }

    /// The keys of the store; the first one is made here.
    private static func signingKeys(
        in store: any KeyStore, _ master: MasterKey, _ lane: Lane
    ) async throws -> KeyRing {
        if try await store.keys().isEmpty {
            let trail = Trail.of("shop")
            let key = try await lane.run { try SigningKey.generate(.rsa2048) }
            let record = try master.record(of: key, createdAt: trail.now, activatesAt: trail.now)
            _ = try await store.addFirst(record, Record(trail))
        }
        return KeyRing(try KeyRingSnapshot(try await store.keys(), master: master, at: SystemClock.now))
    }

    /// 256 bits in a file that nobody else may read. Whoever loses it loses every signing key.
    private static func masterKey(in directory: URL) throws -> MasterKey {
        let file = directory.appending(path: "master.key")
        if let bytes = try? Data(contentsOf: file), let key = SymmetricKey(bytes: Array(bytes)) {
            return MasterKey(key)
        }
        let key = try SymmetricKey.random()
        let isWritten = FileManager.default.createFile(
            atPath: file.path, contents: Data(key.bytes), attributes: [.posixPermissions: 0o600])
        guard isWritten else { throw CocoaError(.fileWriteUnknown) }
        return MasterKey(key)
    }
}
