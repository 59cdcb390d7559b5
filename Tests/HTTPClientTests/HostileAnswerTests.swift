import EventLoop
import HTTP
import TLS
import TestCertificates
import Testing

@testable import HTTPClient

@Suite("Fetcher: answers that cannot be trusted (RFC 9112)")
struct HostileAnswerTests {
    private func outcome(of text: String, body: [UInt8] = []) async throws -> Result<
        Response, FetchError
    > {
        let peer = try RawPeer()
        let loops = try LoopGroup(name: "raw", count: 1)
        let lane = Lane(name: "raw", threads: 2, capacity: 2)
        let fetcher = Fetcher(
            on: loops.first, lane: lane, egress: EgressGuard(allowing: try EgressAllowance("127.0.0.1")),
            trust: try TLSClientContext(trustingSystem: false))
        let answering = loops.first.start {
            try? await lane.run { peer.answer(text) }
        }
        let url = try OutboundURL("http://127.0.0.1:\(peer.port)/")
        let result: Result<Response, FetchError>
        do throws(FetchError) {
            result = .success(try await fetcher.fetch(OutboundRequest(.post, url, body: body)))
        } catch {
            result = .failure(error)
        }
        await answering.value
        await loops.stop()
        return result
    }

    @Test(
        "what is not HTTP/1.1, ends too early or frames itself doubtfully is an error",
        arguments: [
            "", "hello\r\n\r\n", "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n12",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "HTTP/1.1 101 Switching Protocols\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n", "HTTP/1.1 200 OK\r\n",
        ])
    func malformed(text: String) async throws {
        guard case .failure(.malformedAnswer) = try await outcome(of: text) else {
            Issue.record("accepted")
            return
        }
    }

    @Test("CVE-2026-28980: a header section without end is refused at the limit")
    func endlessHeader() async throws {
        let fields = String(repeating: "X-Field: \(String(repeating: "x", count: 1000))\r\n", count: 40)
        #expect(try await outcome(of: "HTTP/1.1 200 OK\r\n\(fields)") == .failure(.tooLarge))
    }

    @Test("an announced length beyond the limit is refused before it arrives")
    func announcedLength() async throws {
        #expect(
            try await outcome(of: "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n")
                != .success(.init(status: .ok)))
        #expect(try await outcome(of: "HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n\r\n") == .failure(.tooLarge))
    }

    @Test("an answer that comes while the request is still being sent counts")
    func earlyAnswer() async throws {
        let text = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n"
        let result = try await outcome(of: text, body: [UInt8](repeating: 0, count: 30_000_000))
        #expect(result == .success(Response(status: .contentTooLarge, headers: ["Content-Length": "0"])))
    }

    @Test("without TLS an answer may end with its connection; under TLS only with close_notify (RFC 8446 §6.1)")
    func truncation() async throws {
        let text = "HTTP/1.1 200 OK\r\n\r\npart"
        #expect(try await outcome(of: text) == .success(Response(status: .ok, body: Array("part".utf8))))

        let authority = try TestAuthority()
        let files = try authority.issue(names: ["IP:127.0.0.1"])
        let identity = try TLSServerContext(certificateFile: files.certificate, keyFile: files.key)
        let peer = try RawPeer()
        let loops = try LoopGroup(name: "raw", count: 1)
        let lane = Lane(name: "raw", threads: 2, capacity: 2)
        let fetcher = Fetcher(
            on: loops.first, lane: lane, egress: EgressGuard(allowing: try EgressAllowance("127.0.0.1")),
            trust: try TLSClientContext(additionalAuthorities: authority.certificate, trustingSystem: false))
        let answering = loops.first.start { try? await lane.run { peer.answer(text, as: identity) } }
        let url = try OutboundURL("https://127.0.0.1:\(peer.port)/")
        await #expect(throws: FetchError.tls(.truncated)) { try await fetcher.fetch(OutboundRequest(.get, url)) }
        await answering.value
        await loops.stop()
    }
}
