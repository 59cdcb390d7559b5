import Synchronization

/// Counts the uses of client secrets between two flushes, so that a busy secret costs one update a flush and not one a
/// request. Shared by all loops.
public final class SecretUseLedger: Sendable {
    private let uses = Mutex<[SecretID: SecretUse]>([:])

    /// An empty ledger.
    public init() {}

    /// One more use.
    func note(_ id: SecretID, at now: Instant) {
        uses.withLock { uses in
            var use = uses[id] ?? SecretUse(secretID: id, count: 0, lastUsedAt: now)
            use.count += 1
            use.lastUsedAt = max(use.lastUsedAt, now)
            uses[id] = use
        }
    }

    /// Takes what has gathered; whoever fails to write it gives it back by ``restore(_:)``.
    public func take() -> [SecretUse] {
        uses.withLock { uses in
            defer { uses = [:] }
            return uses.values.sorted { $0.secretID.text < $1.secretID.text }
        }
    }

    /// Puts back what could not be written.
    public func restore(_ taken: [SecretUse]) {
        uses.withLock { uses in
            for use in taken {
                var merged =
                    uses[use.secretID] ?? SecretUse(secretID: use.secretID, count: 0, lastUsedAt: use.lastUsedAt)
                merged.count += use.count
                merged.lastUsedAt = max(merged.lastUsedAt, use.lastUsedAt)
                uses[use.secretID] = merged
            }
        }
    }
}
