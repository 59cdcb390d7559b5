internal import EventLoop
public import HTTP
internal import TLS

/// A fetcher with a loop and a lane of its own, for programs that have neither: two threads, which end when it is
/// released. It may be used from any task.
public final class StandaloneFetcher: Sendable {
    private let fetcher: Fetcher
    private let loop: Loop

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - name: of the threads, for operators.
    ///   - authorities: a PEM file with certificate authorities beside those of the system.
    /// - Throws: `LoopError` when the process is out of descriptors or threads, `TLSContextError` when the authorities
    ///   cannot be read.
    public init(
        name: String, egress: EgressGuard = EgressGuard(), authorities: String? = nil,
        limits: Fetcher.Limits = Fetcher.Limits()
    ) throws {
        let trust = try TLSClientContext(additionalAuthorities: authorities)
        loop = try Loop(name: name)
        fetcher = Fetcher(
            on: loop, lane: Lane(name: name + "-names", threads: 1, capacity: 1), egress: egress, trust: trust,
            limits: limits)
    }

    /// Who fetches holds the fetcher, so nothing is under way any more.
    deinit {
        loop.beginStop()
    }

    /// Sends `request` and reads its one answer, whatever the status; see ``Fetcher/fetch(_:)``.
    public func fetch(_ request: OutboundRequest) async throws(FetchError) -> Response {
        try await fetcher.fetch(request)
    }
}
