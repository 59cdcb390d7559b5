import EventLoop
import HTTP
import HTTPServer
import TLS
import TestCertificates
import Testing

@Suite("HTTPServer: https, seen by the openssl command (RFC 8446, RFC 5246, RFC 9110 §4.2.2)")
struct SecureServerTests {
    private static let lastRequest = "GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"

    let authority: TestAuthority
    let identity: TLSServerContext

    init() throws {
        authority = try TestAuthority()
        let files = try authority.issue(names: ["DNS:one.example"])
        identity = try TLSServerContext(certificateFile: files.certificate, keyFile: files.key)
    }

    private func client(_ server: TestServer, _ options: [String], sending text: String = lastRequest) throws -> String
    {
        let options = options + ["-CAfile", authority.certificate, "-verify_return_error"]
        return try OpenSSLClient.run(server.port, options, sending: text)
    }

    @Test("TLS 1.2 and 1.3, with SNI and ALPN http/1.1", arguments: ["1_2", "1_3"])
    func versions(version: String) async throws {
        try await TestServer.run(identity: identity) { server async throws in
            let output = try client(
                server, ["-tls\(version)", "-servername", "one.example", "-alpn", "h2,http/1.1"],
                sending: "GET /first HTTP/1.1\r\nHost: h\r\n\r\n" + Self.lastRequest)
            #expect(output.contains("TLSv\(version.replacing("_", with: "."))"))
            #expect(output.contains("ALPN protocol: http/1.1"))
            #expect(output.contains("GET /first 127.0.0.1 true 0"))
            #expect(output.contains("GET /last 127.0.0.1 true 0"))
            #expect(output.contains("Verify return code: 0 (ok)"))
        }
    }

    @Test("RFC 8996: TLS 1.1 is refused")
    func oldVersion() async throws {
        try await TestServer.run(identity: identity) { server async throws in
            let output = try client(server, ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"])
            #expect(!output.contains("GET /last"))
            await server.record.reaches(closed: 1)
            guard case .noCommonVersion = server.record.failures.first else {
                Issue.record("\(server.record.failures)")
                return
            }
        }
    }

    @Test("RFC 7301 §3.2: a client that offers only h2 is refused with no_application_protocol")
    func onlyH2() async throws {
        try await TestServer.run(identity: identity) { server async throws in
            #expect(try client(server, ["-alpn", "h2"]).contains("no application protocol"))
            await server.record.reaches(closed: 1)
            #expect(server.record.failures == [.noCommonApplicationProtocol])
        }
    }

    @Test(
        "RFC 9325: neither CBC nor a key exchange without forward secrecy",
        arguments: ["AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA"])
    func weakCiphers(cipher: String) async throws {
        try await TestServer.run(identity: identity) { server async throws in
            #expect(try !client(server, ["-tls1_2", "-cipher", cipher]).contains("GET /last"))
        }
    }

    @Test("RFC 5746: a client cannot renegotiate")
    func renegotiation() async throws {
        try await TestServer.run(identity: identity) { server async throws in
            let output = try OpenSSLClient.run(server.port, ["-tls1_2"], sending: "R\n", commands: true)
            #expect(output.contains("RENEGOTIATING"))
            #expect(output.contains("no renegotiation"))
        }
    }

    @Test("HTTP in the clear is answered 400 in the clear")
    func plainHTTP() async throws {
        try await TestServer.run(identity: identity) { server async throws in
            let client = try TestClient(port: server.port)
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            let answer = try #require(client.remainder())
            #expect(answer.hasPrefix("HTTP/1.1 400 "))
            #expect(answer.content == "this port speaks TLS")
        }
    }

    @Test("a handshake that does not end is closed at the head's deadline")
    func slowHandshake() async throws {
        try await TestServer.run(identity: identity, configure: { $0.deadlines.head = .milliseconds(100) }) {
            server async throws in
            let silent = try TestClient(port: server.port)
            let half = try TestClient(port: server.port)
            half.send("\u{16}\u{3}\u{1}")
            #expect(silent.remainder() == "")
            #expect(half.remainder() == "")
        }
    }

    @Test("a new certificate is shown to new connections while the old ones live on")
    func reload() async throws {
        let files = try authority.issue(names: ["DNS:two.example"])
        let second = try TLSServerContext(certificateFile: files.certificate, keyFile: files.key)
        let live = TLSPeer(trusting: authority.certificate)
        try await TestServer.run(identity: identity) { server async throws in
            try live.connect(to: server.port, as: "one.example")
            #expect(try client(server, ["-verify_hostname", "one.example"]).contains("GET /last"))
            server.server.replaceIdentity(second)
            #expect(try client(server, ["-verify_hostname", "two.example"]).contains("GET /last"))
            #expect(try !client(server, ["-verify_hostname", "one.example"]).contains("GET /last"))
            #expect(try live.ask(Self.lastRequest).contains("GET /last 127.0.0.1 true 0"))
        }
    }

    @Test("an answer larger than the socket's buffers arrives whole")
    func largeAnswer() async throws {
        let size = 5_000_000
        try await TestServer.run(
            identity: identity, handler: { _, _ in Response(status: .ok, body: [UInt8](repeating: 0x7E, count: size)) }
        ) { server async throws in
            let output = try client(server, ["-quiet"])
            #expect(output.utf8.count { $0 == 0x7E } == size)
        }
    }

    @Test("refused connections of a TLS port are closed, and the limit holds")
    func limit() async throws {
        try await TestServer.run(identity: identity, configure: { $0.maxConnections = 1 }) { server async throws in
            let first = try TestClient(port: server.port)
            await server.record.reaches(opened: 1)
            #expect(try TestClient(port: server.port).remainder() == "")
            first.close()
            await server.record.reaches(closed: 1)
            #expect(try client(server, []).contains("GET /last"))
        }
    }

    @Test("a stop ends idle TLS connections with close_notify")
    func drain() async throws {
        let live = TLSPeer(trusting: authority.certificate)
        try await TestServer.run(identity: identity) { server async throws in
            try live.connect(to: server.port, as: "one.example")
            #expect(try live.ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n").contains("200 OK"))
            let stopping = server.loops.first.start { await server.server.stop(within: .seconds(20)) }
            #expect(try live.endsCleanly())
            await stopping.value
        }
    }
}
