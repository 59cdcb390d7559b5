import HTTP
import HTTPServer
import Testing

@Suite("HTTPServer: where it listens")
struct ListenAddressTests {
    @Test(
        "host:port and [v6]:port",
        arguments: [
            ("127.0.0.1:8080", "127.0.0.1", 8080), ("[::]:80", "::", 80), ("[::1]:0", "::1", 0),
            ("localhost:65535", "localhost", 65535), ("id.example.com:443", "id.example.com", 443),
        ] as [(String, String, UInt16)])
    func good(text: String, host: String, port: UInt16) throws {
        let address = try #require(ListenAddress(text))
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.description == text)
    }

    @Test(
        "anything else is none",
        arguments: [
            "", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:-1",
            "::1:8080", "[::1]", "[127.0.0.1]:80", "[::1:80", "[]:80", "host name:80", "127.0.0.1:080000",
        ])
    func bad(text: String) {
        #expect(ListenAddress(text) == nil)
    }

    @Test("a port that is taken is an error that names it")
    func taken() async throws {
        try await TestServer.run { server async throws in
            let address = ListenAddress(host: "127.0.0.1", port: server.port)
            await #expect(throws: ListenError.refused(address, reason: "Address already in use")) {
                _ = try await Server(
                    listeningOn: address, loops: server.loops,
                    renderRefusal: { status, _, _ in Response(status: status) },
                    makeHandler: { _ in { .describing($0) } })
            }
        }
    }

    @Test("IPv6, and IPv4 on the same socket under its own address")
    func dualStack() async throws {
        try await TestServer.run(host: "::") { server async throws in
            let old = try TestClient(port: server.port)
            old.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(old.answer().content == "GET / 127.0.0.1 false 0")
            let new = try TestClient(loopback6: server.port)
            new.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(new.answer().content == "GET / ::1 false 0")
        }
    }
}
