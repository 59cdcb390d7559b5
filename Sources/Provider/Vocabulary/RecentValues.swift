import Synchronization

/// What was worked out lately and may be needed again, shared by all who hold it: a bounded memory without a clock.
///
/// Two generations: when the young one is full it becomes the old one, and what nobody asked for since is forgotten. So
/// it holds at most twice its capacity, keeps what is in use, and costs one look-up.
public final class RecentValues<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Generations {
        var young: [Key: Value] = [:]
        var old: [Key: Value] = [:]
    }

    private let capacity: Int
    private let generations = Mutex(Generations())

    /// - Parameter capacity: of one generation.
    public init(capacity: Int) { self.capacity = capacity }

    /// The value of this key, if it is still there.
    public func value(of key: Key) -> Value? {
        generations.withLock { generations in
            if let value = generations.young[key] { return value }
            guard let value = generations.old.removeValue(forKey: key) else { return nil }
            add(value, of: key, to: &generations)
            return value
        }
    }

    /// Keeps a value in place of an earlier one.
    public func keep(_ value: Value, of key: Key) {
        generations.withLock { generations in
            generations.old[key] = nil
            add(value, of: key, to: &generations)
        }
    }

    private func add(_ value: Value, of key: Key, to generations: inout Generations) {
        if generations.young.count >= capacity {
            generations.old = generations.young
            generations.young = [:]
        }
        generations.young[key] = value
    }
}
