import EventLoop
import HTTP
import HTTPServer
import Synchronization
import TLS
import TestCertificates

@testable import HTTPClient

/// A server of our own on loopback, for `localhost`, and fetchers that may reach it or not.
struct Peer {
    let port: UInt16
    let loops: LoopGroup
    let lane: Lane
    let trust: TLSClientContext
    private let seen: Seen

    private final class Seen: Sendable {
        let requests = Mutex<[Request]>([])
    }

    /// The requests that arrived.
    var requests: [Request] { seen.requests.withLock { $0 } }

    /// Runs `body` against an https server, or one in the clear, with a certificate for `names`.
    static func run(
        secure: Bool = true, names: [String] = ["DNS:localhost"],
        handler: @escaping @Sendable (Loop, Request) async -> Response = { _, _ in
            Response(status: .ok, body: Array("fine".utf8))
        },
        body: (Peer) async throws -> Void
    ) async throws {
        let authority = try TestAuthority()
        let identity = try authority.issue(names: names)
        let context = try TLSServerContext(certificateFile: identity.certificate, keyFile: identity.key)
        let group = try LoopGroup(name: "peer", count: 1)
        let seen = Seen()
        let server = try await Server(
            listeningOn: ListenAddress(host: "127.0.0.1", port: 0), loops: group, identity: secure ? context : nil,
            renderRefusal: { status, _, _ in Response(status: status) },
            makeHandler: { loop in
                { request in
                    seen.requests.withLock { $0.append(request) }
                    return await handler(loop, request)
                }
            })
        let peer = Peer(
            port: server.port, loops: group, lane: Lane(name: "names", threads: 1, capacity: 1),
            trust: try TLSClientContext(additionalAuthorities: authority.certificate, trustingSystem: false), seen: seen
        )
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(peer))
        } catch {
            outcome = .failure(error)
        }
        await server.stop(within: .zero)
        await group.stop()
        try outcome.get()
    }

    /// A fetcher that lets out what `allowance` says.
    func fetcher(
        allowing allowance: String = "127.0.0.0/8, ::1", limits: Fetcher.Limits = .init(),
        resolve: @escaping Fetcher.Resolve = Resolver.addresses
    ) throws -> Fetcher {
        Fetcher(
            on: loops.first, lane: lane, egress: EgressGuard(allowing: try EgressAllowance(allowance)), trust: trust,
            limits: limits, resolve: resolve)
    }

    /// The error of a fetch by a fetcher made for it.
    func failure(
        _ url: String, allowing allowance: String = "127.0.0.0/8, ::1", limits: Fetcher.Limits = .init()
    ) async throws -> FetchError? {
        try await failure(of: fetcher(allowing: allowance, limits: limits), url)
    }

    /// The error of a fetch, or nil when there was an answer.
    func failure(of fetcher: Fetcher, _ url: String) async throws -> FetchError? {
        let url = try OutboundURL(url)
        do {
            _ = try await fetcher.fetch(OutboundRequest(.get, url))
            return nil
        } catch {
            return error
        }
    }
}
