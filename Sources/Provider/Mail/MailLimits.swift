import Synchronization

/// How much mail there may be, so that nobody can flood a mailbox by asking about it. Whoever is over a limit gets the
/// answers that everybody gets; only the mail does not leave.
public struct MailLimits: Sendable {
    /// Mails of one kind to one user within ``window``.
    public var ofKindPerUser = 5
    /// Mails to one mailbox within ``window``, whatever the accounts; those to a user who has confirmed the address leave
    /// in any case, as far as ``ofKindPerUser`` goes.
    public var perMailbox = 10
    /// Mails that requests from one network may cause at once; another one every ``secondsEach`` seconds. Generous: behind
    /// a proxy that is not trusted everybody comes from one.
    public var perNetwork = 1000
    /// See ``perNetwork``.
    public var secondsEach = 2
    /// Seconds.
    public var window = 3600
    /// The defaults.
    public init() {}
}

/// Counts the mail that each network causes: a bucket of tokens for each, in memory, shared by all loops.
public final class MailAllowance: Sendable {
    /// Most networks remembered; beyond it those that have used little are forgotten, and if that is not enough, all.
    private static let capacity = 50_000

    private let limits: MailLimits
    /// When the bucket of each network will be full again.
    private let fullAt = Mutex<[String: Instant]>([:])

    /// An allowance that nobody has used yet.
    public init(_ limits: MailLimits = MailLimits()) { self.limits = limits }

    /// Takes one mail from a network's allowance; false when there is none left.
    func take(from network: String, at now: Instant) -> Bool {
        let (cost, size) = (limits.secondsEach, limits.secondsEach * limits.perNetwork)
        return fullAt.withLock { times in
            let until = max(times[network] ?? now, now) + cost
            guard until <= now + size else { return false }
            if times.count >= Self.capacity { times = times.filter { $0.value > now + size / 2 } }
            if times.count >= Self.capacity { times = [:] }
            times[network] = until
            return true
        }
    }

    /// How many networks are remembered.
    var count: Int { fullAt.withLock(\.count) }
}
