import Synchronization

/// The scopes that exist, shared by all loops and replaced whole when the stored ones change.
public final class ScopeCatalog: Sendable {
    private struct Snapshot {
        var scopes: [String: Scope]
        var names: Set<String>
        var version = 0
        /// Of the youngest reading that was taken over.
        var reading = 0
        /// Of the reading that was begun last.
        var lastReading = 0
    }

    private let snapshot: Mutex<Snapshot>

    /// A catalogue of these scopes.
    public init(_ scopes: [Scope]) {
        let scopes = Self.byName(scopes)
        snapshot = Mutex(Snapshot(scopes: scopes, names: Set(scopes.keys)))
    }

    /// The scopes as they are now, by name.
    public var current: [String: Scope] { snapshot.withLock { $0.scopes } }

    /// Their names.
    public var names: Set<String> { snapshot.withLock { $0.names } }

    /// Another number after every change: what was made of the scopes is good for as long as it stays.
    public var version: Int { snapshot.withLock { $0.version } }

    /// Takes over what a store says now. Of readings that overlap, the one that began last stays: none that began before
    /// a change puts back what was before it.
    public func refresh(from store: any ScopeStore) async throws(OAuthError) {
        let reading = snapshot.withLock { snapshot in
            snapshot.lastReading += 1
            return snapshot.lastReading
        }
        let new = Self.byName(try await store.scopes())
        snapshot.withLock { snapshot in
            guard reading > snapshot.reading else { return }
            snapshot.reading = reading
            guard new != snapshot.scopes else { return }
            snapshot.scopes = new
            snapshot.names = Set(new.keys)
            snapshot.version += 1
        }
    }

    private static func byName(_ scopes: [Scope]) -> [String: Scope] {
        Dictionary(scopes.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }
}
