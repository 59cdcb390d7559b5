import Synchronization

/// The scopes that exist, shared by all loops and replaced whole when the stored ones change.
public final class ScopeCatalog: Sendable {
    private let snapshot: Mutex<[String: Scope]>

    /// A catalogue of these scopes.
    public init(_ scopes: [Scope]) { snapshot = Mutex(Self.byName(scopes)) }

    /// The scopes as they are now, by name.
    public var current: [String: Scope] { snapshot.withLock { $0 } }

    /// Takes over what the store says now.
    public func replace(with scopes: [Scope]) {
        let new = Self.byName(scopes)
        snapshot.withLock { $0 = new }
    }

    private static func byName(_ scopes: [Scope]) -> [String: Scope] {
        Dictionary(scopes.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }
}
