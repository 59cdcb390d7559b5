import Synchronization

/// Slows down guessing of what is short enough to be guessed: passwords, codes of the second step, devices' user codes. Wrong
/// ones are counted per account and address and per address, and from a few on each costs a growing wait of at most 30
/// seconds. Shared by all loops. An address here is a ``Trail/network``, or a browser that knows its user.
///
/// Attempts that are being judged are bounded too: as many may run at once as could be wrong before the first wait, the
/// next ones stand in line until one is judged. So a hundred attempts at once are not all «the first» (CVE-2026-16103),
/// and right ones are never refused for coming together. Counting by account *and* address means that nobody can lock a
/// person out from elsewhere (GHSA-cq42-vhv7-xr7p). Unknown names are counted alike (CVE-2026-4633).
public final class GuessThrottle: Sendable {
    /// How many wrong ones are free, and how long the rest wait.
    public struct Policy: Sendable {
        /// Wrong ones of one account from one address before the first wait.
        public var freePerAccount = 5
        /// Wrong ones from one address, whatever the accounts.
        public var freePerAddress = 20
        /// The longest wait in seconds.
        public var longestWait = 30
        /// Seconds without a wrong one after which all is forgotten.
        public var forgetAfter = 900
        /// Most counters kept; the oldest go first.
        public var capacity = 100_000
        /// Seconds in line after which nobody waits any longer, as long as a password waits for its turn to be checked.
        public var patience = 10
        /// Most attempts in line behind those of one account or address that are being judged.
        public var longestLine = 1000
        /// The contract's policy.
        public init() {}
    }

    private struct Counter {
        var failures = 0
        /// The last wrong one.
        var lastAt: Instant
        /// Attempts being judged.
        var pending = 0
        /// Attempts that stand in line.
        var line: [CheckedContinuation<Bool, Never>] = []
    }

    private enum Subject: Hashable {
        case account(String, address: String?)
        case address(String)
    }

    private let policy: Policy
    private let counters = Mutex<[Subject: Counter]>([:])

    /// A throttle that remembers nothing yet.
    public init(_ policy: Policy = Policy()) { self.policy = policy }

    /// Whether an attempt may be judged.
    enum Admission: Equatable {
        /// Now; its outcome must be told by one of ``confirm(account:address:at:)``, ``forgive(account:address:)`` and
        /// ``withdraw(account:address:)``.
        case admitted
        case wait(seconds: Int)
    }

    private enum Verdict {
        case final(Admission)
        case standInLine(Subject)
    }

    /// Admits an attempt, after standing in line if need be, or says how many seconds it must wait.
    ///
    /// - Throws: `temporarily_unavailable` when too many stand in line, or for too long: looked at whenever one of those
    ///   before was judged, which takes no longer than a password may wait for its turn.
    /// - Parameter address: nil counts by account alone, wherever the attempts come from: for those who have shown a
    ///   password already, and so cannot be anybody who wants to lock a person out.
    func admit(
        account: String, address: String?, at now: @Sendable () -> Instant
    ) async throws(OAuthError) -> Admission {
        let begin = now()
        while true {
            switch counters.withLock({ judge(&$0, account, address, now()) }) {
            case .final(let admission): return admission
            case .standInLine(let subject):
                guard now() < begin + policy.patience, await stand(inLineOf: subject) else { throw .crowded }
            }
        }
    }

    /// Admits an attempt as ``admit(account:address:at:)`` does, or throws what its flow refuses with.
    func admit<Refusal: GuessRefusal>(
        account: String, address: String?, at now: @Sendable () -> Instant, or refusal: Refusal.Type
    ) async throws(Refusal) {
        let admission: Admission
        do {
            admission = try await admit(account: account, address: address, at: now)
        } catch {
            throw .failed(error)
        }
        if case .wait(let seconds) = admission { throw .throttled(retryAfter: seconds) }
    }

    /// Waits until an attempt of the subject has been judged; false when the line is full.
    private func stand(inLineOf subject: Subject) async -> Bool {
        await withCheckedContinuation { turn in
            let answer = counters.withLock { counters -> Bool? in
                guard let counter = counters[subject], counter.pending > 0 else { return true }
                guard counter.line.count < policy.longestLine else { return false }
                counters[subject]?.line.append(turn)
                return nil
            }
            if let answer { turn.resume(returning: answer) }
        }
    }

    /// The attempt was wrong: the wait begins now, not when the slow hash began.
    func confirm(account: String, address: String?, at now: Instant) {
        settle(account, address) { counter, _ in
            if counter.lastAt + policy.forgetAfter < now { counter.failures = 0 }
            counter.failures += 1
            counter.lastAt = now
        }
    }

    /// The attempt was right: the account's earlier wrong ones from here are forgotten. Those of the address stay, or an
    /// attacker with one account of his own would wash his address clean.
    func forgive(account: String, address: String?) {
        settle(account, address) { counter, subject in
            if case .account = subject { counter.failures = 0 }
        }
    }

    /// The attempt was not judged (the database was away): it does not count.
    func withdraw(account: String, address: String?) {
        settle(account, address) { _, _ in }
    }

    /// How many counters there are.
    var count: Int { counters.withLock(\.count) }

    private func subjects(_ account: String, _ address: String?) -> [Subject] {
        guard let address else { return [.account(account, address: nil)] }
        return [.account(account, address: address), .address(address)]
    }

    private func judge(
        _ counters: inout [Subject: Counter], _ account: String, _ address: String?, _ now: Instant
    ) -> Verdict {
        let subjects = subjects(account, address)
        let wait = subjects.map { remaining(counters[$0], $0, now) }.max() ?? 0
        guard wait == 0 else { return .final(.wait(seconds: wait)) }
        for subject in subjects {
            guard let counter = counters[subject] else { continue }
            let failures = counter.lastAt + policy.forgetAfter < now ? 0 : counter.failures
            guard counter.pending < max(1, free(subject) - failures) else { return .standInLine(subject) }
        }
        if counters.count >= policy.capacity { shed(&counters, now) }
        for subject in subjects { counters[subject, default: Counter(lastAt: now)].pending += 1 }
        return .final(.admitted)
    }

    private func settle(_ account: String, _ address: String?, _ change: (inout Counter, Subject) -> Void) {
        let next = counters.withLock { counters in
            var next: [CheckedContinuation<Bool, Never>] = []
            for subject in subjects(account, address) {
                guard var counter = counters[subject] else { continue }
                counter.pending -= 1
                change(&counter, subject)
                next += counter.line
                counter.line = []
                counters[subject] = counter.failures > 0 || counter.pending > 0 ? counter : nil
            }
            return next
        }
        for turn in next { turn.resume(returning: true) }
    }

    private func free(_ subject: Subject) -> Int {
        switch subject {
        case .account: policy.freePerAccount
        case .address: policy.freePerAddress
        }
    }

    /// Seconds left of the wait after the last wrong one: 1, 2, 4 … from the first beyond the free ones.
    private func remaining(_ counter: Counter?, _ subject: Subject, _ now: Instant) -> Int {
        guard let counter, counter.lastAt + policy.forgetAfter >= now else { return 0 }
        let beyond = counter.failures - free(subject)
        guard beyond >= 0 else { return 0 }
        let wait = min(policy.longestWait, 1 << min(beyond, 10))
        let leftMilliseconds = (counter.lastAt + wait).milliseconds - now.milliseconds
        return leftMilliseconds > 0 ? min(policy.longestWait, Int((leftMilliseconds + 999) / 1000)) : 0
    }

    /// Makes room: what is forgotten anyway, else the older half. Attempts that are being judged keep their counters.
    private func shed(_ counters: inout [Subject: Counter], _ now: Instant) {
        counters = counters.filter { $0.value.pending > 0 || $0.value.lastAt + policy.forgetAfter >= now }
        guard counters.count >= policy.capacity else { return }
        let middle = counters.values.map(\.lastAt).sorted()[counters.count / 2]
        counters = counters.filter { $0.value.pending > 0 || $0.value.lastAt > middle }
    }
}

/// How a flow refuses an attempt that the throttle does not admit.
protocol GuessRefusal: Error {
    /// After so many wrong ones it must wait: seconds.
    static func throttled(retryAfter: Int) -> Self
    /// It could not be judged.
    static func failed(_ error: OAuthError) -> Self
}

extension LoginRefusal: GuessRefusal {}
extension ProofRefusal: GuessRefusal {}
extension SignUpRefusal: GuessRefusal {}

extension OAuthError {
    /// The answer to an attempt that waited for others of its account or address for too long.
    fileprivate static var crowded: OAuthError {
        OAuthError(
            .temporarilyUnavailable,
            "Too many attempts of one account or address are being checked. Try again shortly.",
            retryAfter: 2)
    }
}
