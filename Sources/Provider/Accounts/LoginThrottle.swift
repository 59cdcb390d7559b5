import Synchronization

/// Slows down guessing: wrong passwords are counted per account and address and per address, and from a few on each
/// costs a growing wait of at most 30 seconds. Shared by all loops.
///
/// An attempt is counted before the password is looked at and taken back when it was right, so that a hundred attempts
/// at once are not all «the first» (CVE-2026-16103). Counting by account *and* address means that nobody can lock a
/// person out from elsewhere (GHSA-cq42-vhv7-xr7p). Unknown names are counted alike (CVE-2026-4633).
public final class LoginThrottle: Sendable {
    /// How many wrong ones are free, and how long the rest wait.
    public struct Policy: Sendable {
        /// Wrong passwords of one account from one address before the first wait.
        public var freePerAccount = 5
        /// Wrong passwords from one address, whatever the accounts.
        public var freePerAddress = 20
        /// The longest wait in seconds.
        public var longestWait = 30
        /// Seconds without a wrong password after which all is forgotten.
        public var forgetAfter = 900
        /// Most counters kept; the oldest go first.
        public var capacity = 100_000
        /// The contract's policy.
        public init() {}
    }

    private struct Counter {
        var failures = 0
        var lastAt: Instant
    }

    private enum Subject: Hashable {
        case account(String, address: String)
        case address(String)
    }

    private let policy: Policy
    private let counters = Mutex<[Subject: Counter]>([:])

    /// A throttle that remembers nothing yet.
    public init(_ policy: Policy = Policy()) { self.policy = policy }

    /// Counts an attempt, or says how many seconds it must wait. What is admitted counts as wrong until
    /// ``forgive(account:address:)``.
    func admit(account: String, address: String, at now: Instant) -> Admission {
        counters.withLock { counters in
            let subjects = [Subject.account(account, address: address), .address(address)]
            let wait = subjects.map { remaining(counters[$0], $0, now) }.max() ?? 0
            guard wait == 0 else { return .wait(seconds: wait) }
            if counters.count >= policy.capacity { shed(&counters, now) }
            for subject in subjects {
                var counter = counters[subject] ?? Counter(lastAt: now)
                if counter.lastAt + policy.forgetAfter < now { counter.failures = 0 }
                counter.failures += 1
                counter.lastAt = now
                counters[subject] = counter
            }
            return .admitted
        }
    }

    /// The attempt was wrong: the wait begins now, not when the slow hash began.
    func confirm(account: String, address: String, at now: Instant) {
        counters.withLock { counters in
            for subject in [Subject.account(account, address: address), .address(address)] {
                counters[subject]?.lastAt = now
            }
        }
    }

    /// The attempt was right: it does not count, and the account's earlier wrong ones from here are forgotten. Those of
    /// the address stay, or an attacker with one account of his own would wash his address clean.
    func forgive(account: String, address: String) {
        counters.withLock { counters in
            counters[.account(account, address: address)] = nil
            takeBack(&counters, .address(address))
        }
    }

    /// The attempt was not judged (the database was away): it does not count.
    func withdraw(account: String, address: String) {
        counters.withLock { counters in
            takeBack(&counters, .account(account, address: address))
            takeBack(&counters, .address(address))
        }
    }

    /// How many counters there are.
    var count: Int { counters.withLock(\.count) }

    /// Whether an attempt may be judged now.
    enum Admission: Equatable {
        case admitted
        case wait(seconds: Int)
    }

    private func takeBack(_ counters: inout [Subject: Counter], _ subject: Subject) {
        guard var counter = counters[subject] else { return }
        counter.failures -= 1
        counters[subject] = counter.failures > 0 ? counter : nil
    }

    /// Seconds left of the wait after the last wrong one: 1, 2, 4 … from the first beyond the free ones.
    private func remaining(_ counter: Counter?, _ subject: Subject, _ now: Instant) -> Int {
        guard let counter, counter.lastAt + policy.forgetAfter >= now else { return 0 }
        let free =
            switch subject {
            case .account: policy.freePerAccount
            case .address: policy.freePerAddress
            }
        let beyond = counter.failures - free
        guard beyond >= 0 else { return 0 }
        let wait = min(policy.longestWait, 1 << min(beyond, 10))
        let leftMilliseconds = (counter.lastAt + wait).milliseconds - now.milliseconds
        return leftMilliseconds > 0 ? min(policy.longestWait, Int((leftMilliseconds + 999) / 1000)) : 0
    }

    /// Makes room: what is forgotten anyway, else the older half.
    private func shed(_ counters: inout [Subject: Counter], _ now: Instant) {
        counters = counters.filter { $0.value.lastAt + policy.forgetAfter >= now }
        guard counters.count >= policy.capacity else { return }
        let middle = counters.values.map(\.lastAt).sorted()[counters.count / 2]
        counters = counters.filter { $0.value.lastAt > middle }
    }
}
