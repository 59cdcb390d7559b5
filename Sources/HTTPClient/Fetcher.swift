public import EventLoop
public import HTTP
public import TLS

/// A request on its way out.
public struct OutboundRequest: Sendable {
    /// The method.
    public var method: Method
    /// Where it goes.
    public var url: OutboundURL
    /// Its fields; `Host`, `Content-Length` and `Connection` are the writer's.
    public var headers: Headers
    /// Its content.
    public var body: [UInt8]

    /// A request, GET unless said otherwise.
    public init(_ method: Method = .get, _ url: OutboundURL, headers: Headers = Headers(), body: [UInt8] = []) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

/// The one way out of the server.
///
/// Names are resolved on a lane; the guard is asked about each address found, and the connection is made to that very
/// address, so a name that means something else a moment later gains nothing. One connection a request. Redirects are
/// answers like any other: nobody follows them. Proxies of the environment are not looked at. Certificates are verified
/// for the host of the URL.
public struct Fetcher: Sendable {
    /// Turns a name into addresses; it may block.
    typealias Resolve = @Sendable (String) throws(ResolutionFailed) -> [IPAddress]

    /// What a fetch may take.
    public struct Limits: Sendable {
        /// From the call to the last byte of the answer, resolving and connecting included.
        public var total = Duration.seconds(10)
        /// How large the answer may be.
        public var answer = ResponseLimits()

        /// 10 seconds; 64 KiB of content.
        public init() {}
    }

    /// What is let out.
    public let egress: EgressGuard
    private let loop: Loop
    private let lane: Lane
    private let trust: TLSClientContext
    private let limits: Limits
    private let resolve: Resolve

    /// - Parameters:
    ///   - loop: where the sockets live.
    ///   - lane: where names are resolved.
    ///   - trust: whose certificates count.
    public init(
        on loop: Loop, lane: Lane, egress: EgressGuard = EgressGuard(), trust: TLSClientContext,
        limits: Limits = Limits()
    ) {
        self.init(on: loop, lane: lane, egress: egress, trust: trust, limits: limits, resolve: Resolver.addresses)
    }

    init(
        on loop: Loop, lane: Lane, egress: EgressGuard, trust: TLSClientContext, limits: Limits,
        resolve: @escaping Resolve
    ) {
        self.loop = loop
        self.lane = lane
        self.egress = egress
        self.trust = trust
        self.limits = limits
        self.resolve = resolve
    }

    /// Sends `request` and reads its one answer, whatever the status. From any task; cancelling it ends the exchange.
    public func fetch(_ request: OutboundRequest) async throws(FetchError) -> Response {
        do {
            return try await loop.run { try await exchange(request) }
        } catch let error as FetchError {
            throw error
        } catch {
            throw .cancelled
        }
    }

    /// The steps of an exchange, in order; on the loop.
    private func exchange(_ request: OutboundRequest) async throws(FetchError) -> Response {
        if let refusal = egress.verdict(for: request.url) { throw .refused(refusal) }
        let patience = Patience(limits.total, on: loop)
        defer { patience.end() }
        let patienceOnLoop = LoopBound(patience, on: loop)
        do {
            return try await withTaskCancellationHandler {
                let addresses = try await allowedAddresses(of: request.url, patience)
                let connection = try await OutboundConnection.open(
                    to: addresses, of: request.url, trust: trust, patience: patience, on: loop)
                defer { connection.close() }
                try await connection.send(request)
                return try await connection.answer(to: request.method, limits: limits.answer)
            } onCancel: {
                loop.post { patienceOnLoop.value.end(with: .cancelled) }
            }
        } catch let error as FetchError {
            throw error
        } catch {
            throw .cancelled
        }
    }

    /// Every address of the URL that may be connected to; the refusal of the first where there is none.
    private func allowedAddresses(of url: OutboundURL, _ patience: Patience) async throws(FetchError) -> [IPAddress] {
        let found = try await addresses(of: url.host, patience)
        let allowed = found.filter { egress.verdict(on: $0, for: url) == nil }
        if allowed.isEmpty, let first = found.first, let refusal = egress.verdict(on: first, for: url) {
            throw .refused(refusal)
        }
        return allowed
    }

    private func addresses(of host: OutboundURL.Host, _ patience: Patience) async throws(FetchError) -> [IPAddress] {
        guard case .name(let name) = host else {
            guard case .address(let address) = host else { return [] }
            return [address]
        }
        // The resolver cannot be interrupted: it is left behind when the time is over.
        let outcome = LoopBound(ResolutionOutcome(), on: loop)
        let patienceOnLoop = LoopBound(patience, on: loop)
        loop.start { [lane, resolve] in
            do {
                outcome.value.result = .success(try await lane.run { try resolve(name) })
            } catch let error as ResolutionFailed {
                outcome.value.result = .failure(.unresolvable(reason: error.reason))
            } catch {
                outcome.value.result = .failure(.unresolvable(reason: "too many names are being resolved"))
            }
            patienceOnLoop.value.wake()
        }
        while true {
            if let result = outcome.value.result { return try result.get() }
            try await patience.wait()
        }
    }
}

/// Where the resolver's task leaves what it found.
private final class ResolutionOutcome {
    var result: Result<[IPAddress], FetchError>?
}
