import EventLoop
import HTTP
import Synchronization
import TLS
import Testing

@testable import HTTPClient

@Suite("Fetcher: what leaves the server")
struct FetcherTests {
    @Test("a request arrives as it was meant, and its answer comes back", arguments: [true, false])
    func exchange(secure: Bool) async throws {
        try await Peer.run(
            secure: secure,
            handler: { _, request in
                Response(status: .created, headers: ["X-Answer": "yes"], body: request.body.reversed())
            }
        ) { peer async throws in
            let url = try OutboundURL("\(secure ? "https" : "http")://localhost:\(peer.port)/hook?a=b")
            let answer = try await peer.fetcher().fetch(
                OutboundRequest(.post, url, headers: ["Content-Type": "text/plain"], body: Array("abc".utf8)))
            #expect(answer.status == .created)
            #expect(answer.headers[first: "x-answer"] == "yes")
            #expect(answer.body == Array("cba".utf8))
            let request = try #require(peer.requests.first)
            #expect(request.method == .post && request.path == "/hook" && request.query == "a=b")
            #expect(request.headers[first: "Host"] == "localhost:\(peer.port)")
            #expect(request.headers[first: "Content-Type"] == "text/plain")
            #expect(request.isSecure == secure)
        }
    }

    @Test("CVE-2026-4366: a redirect is an answer, nobody follows it")
    func redirect() async throws {
        try await Peer.run(handler: { _, _ in
            Response(status: .found, headers: ["Location": "/secret"])
        }) { peer async throws in
            let url = try OutboundURL("https://localhost:\(peer.port)/")
            let answer = try await peer.fetcher().fetch(OutboundRequest(.get, url))
            #expect(answer.status == .found)
            #expect(peer.requests.map(\.path) == ["/"])
        }
    }

    @Test("CVE-2020-10770: a name that leads to loopback is refused when it has been resolved, before any connection")
    func nameOfLoopback() async throws {
        try await Peer.run { peer async throws in
            let fetcher = try peer.fetcher(allowing: "10.0.0.0/8", resolve: { _ in [.loopback] })
            for scheme in ["https", "http"] {
                #expect(
                    try await peer.failure(of: fetcher, "\(scheme)://innocent.example:\(peer.port)/")
                        == .refused(.notPublic(.loopback)))
            }
            #expect(
                try await peer.failure("https://localhost:\(peer.port)/", allowing: "")
                    == .refused(.notPublic(.loopback)))
            #expect(peer.requests.isEmpty)
        }
    }

    @Test("DNS rebinding: a name is resolved once, and the address that was checked is the one connected to")
    func rebinding() async throws {
        try await Peer.run { peer async throws in
            let asked = Mutex(0)
            let public_ = try #require(IPAddress("192.0.2.1"))
            let fetcher = try peer.fetcher(
                allowing: "127.0.0.2",
                resolve: { _ in
                    let count = asked.withLock { count in
                        count += 1
                        return count
                    }
                    return count == 1 ? [public_] : [.loopback]
                })
            #expect(
                try await peer.failure(of: fetcher, "https://rebind.example:\(peer.port)/")
                    == .refused(.notPublic(public_)))
            #expect(asked.withLock { $0 } == 1)
            #expect(peer.requests.isEmpty)
        }
    }

    @Test("of several addresses only the allowed ones are tried")
    func skipsRefusedAddresses() async throws {
        try await Peer.run { peer async throws in
            let inner = try #require(IPAddress("10.0.0.1"))
            let fetcher = try peer.fetcher(allowing: "127.0.0.1", resolve: { _ in [inner, .loopback] })
            #expect(try await peer.failure(of: fetcher, "https://localhost:\(peer.port)/") == nil)
        }
    }

    @Test("an address that refuses the connection gives way to the next")
    func nextAddress() async throws {
        try await Peer.run { peer async throws in
            let silent = try #require(IPAddress("127.0.0.99"))
            let fetcher = try peer.fetcher(resolve: { _ in [silent, .loopback] })
            #expect(try await peer.failure(of: fetcher, "https://localhost:\(peer.port)/") == nil)
        }
    }

    @Test("RFC 9525: a certificate for another host is refused, and nothing is sent")
    func wrongHost() async throws {
        try await Peer.run(names: ["DNS:other.example"]) { peer async throws in
            guard
                case .tls(.certificateRefused) = try await peer.failure("https://localhost:\(peer.port)/")
            else {
                Issue.record("accepted")
                return
            }
            #expect(peer.requests.isEmpty)
        }
    }

    @Test("an address in the URL must be in the certificate")
    func addressInCertificate() async throws {
        try await Peer.run(names: ["DNS:localhost", "IP:127.0.0.1"]) { peer async throws in
            #expect(try await peer.failure("https://127.0.0.1:\(peer.port)/") == nil)
        }
        try await Peer.run(names: ["DNS:localhost"]) { peer async throws in
            #expect(try await peer.failure("https://127.0.0.1:\(peer.port)/") != nil)
        }
    }

    @Test("a server in the clear behind an https URL, and the other way round, are errors")
    func mixedUp() async throws {
        try await Peer.run(secure: false) { peer async throws in
            guard case .tls = try await peer.failure("https://localhost:\(peer.port)/") else {
                Issue.record("TLS to a server in the clear")
                return
            }
        }
        try await Peer.run { peer async throws in
            let url = try OutboundURL("http://localhost:\(peer.port)/")
            #expect(try await peer.fetcher().fetch(OutboundRequest(.get, url)).status == .badRequest)
        }
    }

    @Test("an answer beyond the limit is refused while it arrives")
    func tooLarge() async throws {
        try await Peer.run(handler: { _, _ in
            Response(status: .ok, body: [UInt8](repeating: 0, count: 1001))
        }) { peer async throws in
            var limits = Fetcher.Limits()
            limits.answer.contentBytes = 1000
            #expect(
                try await peer.failure("https://localhost:\(peer.port)/", limits: limits)
                    == .tooLarge
            )
            limits.answer.contentBytes = 1001
            #expect(
                try await peer.failure("https://localhost:\(peer.port)/", limits: limits) == nil)
        }
    }

    @Test("the total time ends a slow answer")
    func slow() async throws {
        try await Peer.run(handler: { loop, _ in
            try? await loop.sleep(for: .seconds(60))
            return Response(status: .ok)
        }) { peer async throws in
            var limits = Fetcher.Limits()
            limits.total = .milliseconds(200)
            #expect(
                try await peer.failure("https://localhost:\(peer.port)/", limits: limits)
                    == .timedOut
            )
        }
    }

    @Test("the total time ends a slow resolver, which is left behind")
    func slowResolver() async throws {
        let release = Mutex(false)
        try await Peer.run { peer async throws in
            var limits = Fetcher.Limits()
            limits.total = .milliseconds(100)
            let fetcher = try peer.fetcher(
                limits: limits,
                resolve: { _ in
                    while !release.withLock({ $0 }) {}
                    return []
                })
            #expect(try await peer.failure(of: fetcher, "https://localhost:\(peer.port)/") == .timedOut)
            release.withLock { $0 = true }
        }
    }

    @Test("a name without an address is an error with the resolver's words")
    func unresolvable() async throws {
        try await Peer.run { peer async throws in
            let fetcher = try peer.fetcher(resolve: { _ throws(ResolutionFailed) in
                throw ResolutionFailed(reason: "no such name")
            })
            #expect(
                try await peer.failure(of: fetcher, "https://nowhere.example/") == .unresolvable(reason: "no such name")
            )
        }
    }

    @Test("a port where nobody listens is unreachable")
    func unreachable() async throws {
        try await Peer.run { peer async throws in
            #expect(
                try await peer.failure("https://127.0.0.1:1/")
                    == .unreachable(reason: "Connection refused"))
        }
    }

    @Test("cancelling the caller ends the exchange")
    func cancelled() async throws {
        let began = AsyncStream<Void>.makeStream()
        try await Peer.run(handler: { loop, _ in
            began.continuation.yield()
            try? await loop.sleep(for: .seconds(60))
            return Response(status: .ok)
        }) { peer async throws in
            let fetcher = try peer.fetcher()
            let url = try OutboundURL("https://localhost:\(peer.port)/")
            let error = Mutex<FetchError?>(nil)
            let task = peer.loops.first.start {
                do {
                    _ = try await fetcher.fetch(OutboundRequest(.get, url))
                } catch let failure {
                    error.withLock { $0 = failure as? FetchError }
                }
            }
            for await _ in began.stream { break }
            task.cancel()
            await task.value
            #expect(error.withLock { $0 } == .cancelled)
        }
    }

    @Test("no line of its own gets into a request", arguments: ["x\r\nHost: evil", "x\nX: y", "x\u{0}"])
    func headerInjection(value: String) async throws {
        try await Peer.run { peer async throws in
            let url = try OutboundURL("https://localhost:\(peer.port)/")
            _ = try await peer.fetcher().fetch(OutboundRequest(.get, url, headers: ["X-Value": value]))
            let request = try #require(peer.requests.first)
            #expect(request.headers.all("Host").count == 1)
            #expect(request.headers[first: "X"] == nil)
        }
    }
}
