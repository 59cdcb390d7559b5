internal import JOSE
internal import Synchronization

/// The issuer's keys as they were read last. All who need them read again wait for one and the same reading, which
/// belongs to none of them: who leaves does not take it from the others.
final class IssuerCache: Sendable {
    private typealias Reading = Task<Result<IssuerSnapshot, IssuerFault>, Never>

    /// What a request that needs keys has to do.
    private enum Step {
        case use(IssuerSnapshot)
        case wait(Reading)
        case giveUp(IssuerFault)
    }

    private struct State {
        var kept: IssuerSnapshot?
        /// Why the last reading failed; nil when it did not.
        var fault: IssuerFault?
        /// Before this nobody reads again.
        var readAgainAt: ContinuousClock.Instant?
        var reading: Reading?
    }

    private let reader: IssuerReader
    private let caching: KeyCaching
    private let uptime: @Sendable () -> ContinuousClock.Instant
    private let notice: @Sendable (IssuerNotice) -> Void
    private let state = Mutex(State())

    init(
        _ reader: IssuerReader, _ caching: KeyCaching, uptime: @escaping @Sendable () -> ContinuousClock.Instant,
        notice: @escaping @Sendable (IssuerNotice) -> Void
    ) {
        self.reader = reader
        self.caching = caching
        self.uptime = uptime
        self.notice = notice
    }

    /// What to verify a token of this header by. It may still not have the token's key: then nobody has.
    ///
    /// - Throws: why the issuer could not be asked, when what is known of it does not do.
    func snapshot(for header: JWSHeader) async throws(IssuerFault) -> IssuerSnapshot {
        let now = uptime()
        let reading: Reading
        switch state.withLock({ step(&$0, for: header, at: now) }) {
        case .use(let snapshot): return snapshot
        case .giveUp(let fault): throw fault
        case .wait(let started): reading = started
        }
        switch await reading.value {
        case .success(let snapshot):
            return snapshot
        case .failure(let fault):
            guard let kept = state.withLock({ $0.kept }), uptime() < kept.usableUntil, kept.knowsKey(of: header) else {
                throw fault
            }
            return kept
        }
    }

    private func step(_ state: inout State, for header: JWSHeader, at now: ContinuousClock.Instant) -> Step {
        let mayRead = state.reading != nil || state.readAgainAt.map { now >= $0 } ?? true
        guard let kept = state.kept, now < kept.usableUntil else {
            if !mayRead, let fault = state.fault { return .giveUp(fault) }
            return .wait(reading(&state))
        }
        let isKnown = kept.knowsKey(of: header)
        if isKnown, now < kept.refreshAt { return .use(kept) }
        if mayRead {
            let reading = reading(&state)
            let isGoodEnough = isKnown && (now < kept.freshUntil || state.fault != nil)
            return isGoodEnough ? .use(kept) : .wait(reading)
        }
        // A stranger's key, or that of a rotation while the issuer is away: nobody can tell which.
        if !isKnown, let fault = state.fault { return .giveUp(fault) }
        return .use(kept)
    }

    /// The reading that is under way, or one begun now.
    private func reading(_ state: inout State) -> Reading {
        if let reading = state.reading { return reading }
        let reading = Task { await read() }
        state.reading = reading
        return reading
    }

    private func read() async -> Result<IssuerSnapshot, IssuerFault> {
        let outcome: Result<IssuerSnapshot, IssuerFault>
        do throws(IssuerFault) {
            let (metadata, keys, headers) = try await reader.read()
            outcome = .success(IssuerSnapshot(metadata, keys, headers, caching, at: uptime()))
        } catch {
            outcome = .failure(error)
        }
        let now = uptime()
        state.withLock { state in
            state.reading = nil
            switch outcome {
            case .success(let snapshot):
                state.kept = snapshot
                state.fault = nil
                state.readAgainAt = now + caching.pause
            case .failure(let fault):
                state.fault = fault
                state.readAgainAt = now + caching.pauseAfterFailure
            }
        }
        switch outcome {
        case .success(let snapshot): notice(.keysRead(count: snapshot.keys.keys.count))
        case .failure(let fault): notice(.keysNotRead(fault))
        }
        return outcome
    }
}
