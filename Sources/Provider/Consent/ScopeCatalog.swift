import Synchronization

/// The scopes that exist, shared by all loops and replaced whole when the stored ones change.
public final class ScopeCatalog: Sendable {
    private let snapshot: Mutex<(scopes: [String: Scope], names: Set<String>, version: Int)>

    /// A catalogue of these scopes.
    public init(_ scopes: [Scope]) {
        let scopes = Self.byName(scopes)
        snapshot = Mutex((scopes, Set(scopes.keys), 0))
    }

    /// The scopes as they are now, by name.
    public var current: [String: Scope] { snapshot.withLock { $0.scopes } }

    /// Their names.
    public var names: Set<String> { snapshot.withLock { $0.names } }

    /// Another number after every change: what was made of the scopes is good for as long as it stays.
    public var version: Int { snapshot.withLock { $0.version } }

    /// Takes over what the store says now.
    public func replace(with scopes: [Scope]) {
        let new = Self.byName(scopes)
        snapshot.withLock { snapshot in
            if new != snapshot.scopes { snapshot = (new, Set(new.keys), snapshot.version + 1) }
        }
    }

    private static func byName(_ scopes: [Scope]) -> [String: Scope] {
        Dictionary(scopes.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }
}
