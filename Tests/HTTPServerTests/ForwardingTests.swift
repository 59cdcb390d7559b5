import HTTP
import HTTPServer
import Testing

@Suite("HTTPServer: the client behind trusted proxies")
struct ForwardingTests {
    private let forwarded =
        "GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\n\r\n"

    @Test("a trusted proxy's word counts")
    func trusted() async throws {
        try await TestServer.run(configure: {
            $0.trustedProxies = ["127.0.0.1"].compactMap { AddressRange($0) }
        }) { server async throws in
            let client = try TestClient(port: server.port)
            client.send(forwarded)
            #expect(client.answer().content == "GET / 203.0.113.7 true 0")
            await server.record.reaches(finished: 1)
            #expect(server.record.finished.map(\.peer.description) == ["203.0.113.7"])
        }
    }

    @Test("from anyone else it is ignored")
    func untrusted() async throws {
        try await TestServer.run(configure: {
            $0.trustedProxies = ["192.0.2.1"].compactMap { AddressRange($0) }
        }) { server async throws in
            let client = try TestClient(port: server.port)
            client.send(forwarded)
            #expect(client.answer().content == "GET / 127.0.0.1 false 0")
        }
    }
}
