import EventLoop
import HTTP
import HTTPServer
import TLS
import TestCertificates
import Testing

@Suite("HTTPServer: clients that do as they please")
struct MisbehaviourTests {
    /// SplitMix64: the same seed, the same clients.
    private struct Seeded: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    private enum Act: CaseIterable {
        case wholeRequest, largeAnswer, halfRequest, garbage, content, read, endSending, reset, close
    }

    private static func perform(_ act: Act, by client: TestClient, _ random: inout Seeded) {
        switch act {
        case .wholeRequest: client.send("GET /quick HTTP/1.1\r\nHost: h\r\n\r\n")
        case .largeAnswer: client.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n")
        case .halfRequest: client.send("POST /quick HTTP/1.1\r\nHost: h\r\nContent-Le")
        case .garbage: client.send(String(UInt64.random(in: 0...UInt64.max, using: &random)))
        case .content:
            client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n1234")
        case .read: client.readWhatIsThere()
        case .endSending: client.endSending()
        case .reset: client.reset()
        case .close: client.close()
        }
    }

    @Test(
        "in the end no connection is left, and every one that was opened has been closed", arguments: [false, true],
        1...4)
    func everythingEnds(secure: Bool, seed: UInt64) async throws {
        let authority = try TestAuthority()
        let files = try authority.issue(names: ["DNS:localhost"])
        let identity = try TLSServerContext(certificateFile: files.certificate, keyFile: files.key)
        try await TestServer.run(
            identity: secure ? identity : nil,
            configure: { configuration in
                configuration.deadlines.head = .milliseconds(200)
                configuration.deadlines.body = .milliseconds(200)
                configuration.deadlines.answer = .milliseconds(200)
                configuration.deadlines.idle = .milliseconds(200)
                configuration.deadlines.linger = .milliseconds(100)
                configuration.maxConnections = 40
            },
            handler: { loop, request in
                guard request.path == "/large" else {
                    try? await loop.sleep(for: .milliseconds(1))
                    return .describing(request)
                }
                return Response(status: .ok, body: [UInt8](repeating: 0x61, count: 3_000_000))
            }
        ) { server async throws in
            var random = Seeded(state: seed)
            let clients = try (0..<60).map { _ in try TestClient(port: server.port) }
            for _ in 0..<600 {
                let client = clients[Int.random(in: clients.indices, using: &random)]
                guard client.isOpen, let act = Act.allCases.randomElement(using: &random) else { continue }
                Self.perform(act, by: client, &random)
            }
            await server.record.reachesRest(after: clients.count)
            #expect(server.server.connectionCount == 0)
            #expect(server.record.opened == server.record.closed)
            // And the server still serves.
            guard !secure else { return }
            let client = try TestClient(port: server.port)
            client.send("GET /quick HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(client.answer().hasPrefix("HTTP/1.1 200 "))
        }
    }
}
