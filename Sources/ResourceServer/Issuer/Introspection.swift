internal import Crypto
internal import HTTP
internal import JOSE
internal import Synchronization

/// Asks the issuer whether tokens are alive and remembers its answers for a few seconds, by the SHA-256 of the token.
/// Requests that come with the same token at once ask once.
final class Introspection: Sendable {
    private typealias Asking = Task<Result<Bool, IssuerFault>, Never>

    private enum Memory {
        case answer(isActive: Bool, until: ContinuousClock.Instant)
        case asking(Asking)
    }

    private struct State {
        var memories = RecentEntries<Memory>(capacity: 4096)
        /// The issuer failed just now; until then nobody asks again.
        var away: (fault: IssuerFault, until: ContinuousClock.Instant)?
    }

    /// Long enough to spare an issuer in trouble, short enough for nobody to notice that it is back.
    private static let pauseAfterFailure = Duration.seconds(1)

    private let policy: IntrospectionPolicy
    private let reader: IssuerReader
    private let uptime: @Sendable () -> ContinuousClock.Instant
    private let notice: @Sendable (IssuerNotice) -> Void
    private let state = Mutex(State())

    init(
        _ policy: IntrospectionPolicy, _ reader: IssuerReader,
        uptime: @escaping @Sendable () -> ContinuousClock.Instant, notice: @escaping @Sendable (IssuerNotice) -> Void
    ) {
        self.policy = policy
        self.reader = reader
        self.uptime = uptime
        self.notice = notice
    }

    /// Whether a token that verified may be used.
    ///
    /// - Throws: why the issuer could not be asked, where that is not to be overlooked.
    func permits(_ token: String, by metadata: IssuerMetadata) async throws(IssuerFault) -> Bool {
        do {
            return try await isActive(token, by: metadata)
        } catch {
            guard policy.outage == .accept, error.isOutage else { throw error }
            return true
        }
    }

    private func isActive(_ token: String, by metadata: IssuerMetadata) async throws(IssuerFault) -> Bool {
        guard let endpoint = metadata.introspection else {
            throw .noEndpoint(.introspection, reason: "is not in the metadata")
        }
        let hash = SHA256.hash(token)
        let now = uptime()
        let memory = try state.withLock { state throws(IssuerFault) -> Memory in
            switch state.memories[hash] {
            case .answer(_, let until)? where until <= now: break
            case let memory?: return memory
            case nil: break
            }
            if let away = state.away, now < away.until { throw away.fault }
            let asking = Memory.asking(Task { await ask(token, hash, at: endpoint) })
            state.memories[hash] = asking
            return asking
        }
        switch memory {
        case .answer(let isActive, _): return isActive
        case .asking(let asking): return try await asking.value.get()
        }
    }

    private func ask(_ token: String, _ hash: [UInt8], at endpoint: String) async -> Result<Bool, IssuerFault> {
        let asked = uptime()
        let outcome: Result<Bool, IssuerFault>
        do throws(IssuerFault) {
            outcome = .success(try await answer(about: token, at: endpoint))
        } catch {
            outcome = .failure(error)
        }
        state.withLock { state in
            switch outcome {
            case .success(let isActive):
                state.away = nil
                state.memories[hash] = .answer(isActive: isActive, until: asked + policy.answersKept)
            case .failure(let fault):
                state.away = (fault, uptime() + Self.pauseAfterFailure)
                state.memories[hash] = nil
            }
        }
        if case .failure(let fault) = outcome { notice(.notIntrospected(fault)) }
        return outcome
    }

    private func answer(about token: String, at endpoint: String) async throws(IssuerFault) -> Bool {
        let form = [
            FormParameter(name: "token", value: token),
            FormParameter(name: "token_type_hint", value: "access_token"),
        ]
        let request = IssuerRequest(
            method: .post, url: endpoint,
            headers: [
                "Authorization": policy.authorization, "Accept": "application/json",
                "Content-Type": "application/x-www-form-urlencoded",
            ],
            body: Array(FormEncoder.encode(form).utf8))
        let (answer, _) = try await reader.json(.introspection, of: request)
        guard let isActive = answer["active"]?.bool else {
            throw .malformed(.introspection, reason: "the member 'active' is missing or malformed")
        }
        return isActive
    }
}
