import HTTP
import Testing

@testable import HTTPServer

@Suite("HTTPServer: limits on connections")
struct LimitTests {
    private func serves(_ client: TestClient) -> Bool {
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        return client.answer().hasPrefix("HTTP/1.1 200 ")
    }

    private func isRefused(_ client: TestClient) -> Bool {
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        guard let answer = client.remainder() else { return false }
        return answer.hasPrefix("HTTP/1.1 503 ") && answer.field("Retry-After") != nil
            && answer.field("Connection") == "close"
    }

    /// Sends the beginning of a request, and the rest of it later: such a connection is not idle.
    private func begins(_ client: TestClient) { client.send("GET / HTTP/1.1\r\n") }

    private func completes(_ client: TestClient) -> Bool {
        client.send("Host: h\r\n\r\n")
        return client.answer().hasPrefix("HTTP/1.1 200 ")
    }

    @Test("one connection too many is answered 503; when another has gone there is room again")
    func inAll() async throws {
        try await TestServer.run(configure: { $0.maxConnections = 2 }) { server async throws in
            let first = try TestClient(port: server.port)
            let second = try TestClient(port: server.port)
            #expect(serves(first) && serves(second))
            begins(first)
            begins(second)
            #expect(isRefused(try TestClient(port: server.port)))
            #expect(server.record.refusals == [.tooMany])
            #expect(completes(first))
            first.close()
            await server.record.reaches(closed: 1)
            #expect(serves(try TestClient(port: server.port)))
        }
    }

    @Test("RFC 9112 §9.3: where there are too many, the one that has been idle longest gives way, and only that")
    func idleOnesGiveWay() async throws {
        try await TestServer.run(loops: 1, configure: { $0.maxConnections = 3 }) { server async throws in
            let busy = try TestClient(port: server.port)
            let longest = try TestClient(port: server.port)
            let other = try TestClient(port: server.port)
            #expect(serves(busy) && serves(longest) && serves(other))
            begins(busy)
            let fresh = try TestClient(port: server.port)
            #expect(serves(fresh))
            #expect(longest.remainder() == "")
            #expect(serves(other) && completes(busy))
            #expect(server.record.refusals.isEmpty && server.record.closed == 1)
            #expect(serves(fresh) && server.server.connectionCount == 3)
        }
    }

    @Test("over the limit of an address nobody else's connection gives way")
    func onlyOnesOwnGiveWay() async throws {
        try await TestServer.run(loops: 1, configure: { $0.maxConnectionsPerAddress = 1 }) { server async throws in
            let other = try TestClient(port: server.port, from: 0x7F00_0002)
            let own = try TestClient(port: server.port)
            #expect(serves(other) && serves(own))
            #expect(serves(try TestClient(port: server.port)))
            #expect(own.remainder() == "" && serves(other))
        }
    }

    @Test("an address has its own limit, which others do not feel")
    func perAddress() async throws {
        try await TestServer.run(configure: { $0.maxConnectionsPerAddress = 1 }) { server async throws in
            let first = try TestClient(port: server.port)
            #expect(serves(first))
            begins(first)
            #expect(isRefused(try TestClient(port: server.port)))
            #expect(server.record.refusals == [.tooManyFrom(.loopback)])
            #expect(serves(try TestClient(port: server.port, from: 0x7F00_0002)))
        }
    }

    @Test("RFC 4291 §2.5.1: the addresses of one /64 share the limit of an address, IPv4 in IPv6's clothes has its own")
    func perNetwork() throws {
        let census = Census(loops: 1, limit: 100, perAddress: 2)
        func admit(_ text: String) throws -> ConnectionRefusal? {
            try census.admit(#require(IPAddress(text)), isExempt: false).refusal
        }
        #expect(try admit("2001:db8::1") == nil)
        #expect(try admit("2001:db8::2") == nil)
        let third = try #require(IPAddress("2001:db8::3"))
        #expect(try admit("2001:db8::3") == .tooManyFrom(third))
        #expect(try admit("2001:db8:0:1::1") == nil)
        #expect(try admit("192.0.2.1") == nil)
        #expect(try admit("::ffff:192.0.2.1") == nil)
        #expect(try admit("::ffff:192.0.2.1") != nil)
        #expect(try admit("192.0.2.2") == nil)
        // Whoever leaves makes room for the whole network.
        try census.leave(#require(IPAddress("2001:db8::1")), seat: 0, wasRefused: false)
        #expect(try admit("2001:db8::3") == nil)
    }

    @Test("trusted proxies are exempt from the limit of an address, not from that in all")
    func proxies() async throws {
        try await TestServer.run(configure: {
            $0.maxConnectionsPerAddress = 1
            $0.maxConnections = 3
            $0.trustedProxies = ["127.0.0.0/8"].compactMap { AddressRange($0) }
        }) { server async throws in
            let clients = try (0..<3).map { _ in try TestClient(port: server.port) }
            #expect(clients.allSatisfy(serves))
            clients.forEach(begins)
            #expect(isRefused(try TestClient(port: server.port)))
        }
    }

    @Test("refused clients are counted apart, and beyond a bound they are closed unheard")
    func refusedAreBounded() {
        let census = Census(loops: 2, limit: 1, perAddress: 1)
        #expect(census.admit(.loopback, isExempt: false).refusal == nil)
        let refused = (0..<200).map { _ in census.admit(.loopback, isExempt: false) }
        #expect(refused.allSatisfy { $0.refusal == .tooMany })
        #expect(refused.count { $0.seat != nil } == 128)
        census.leave(.loopback, seat: 0, wasRefused: true)
        #expect(census.admit(.loopback, isExempt: false).seat != nil)
        census.leave(.loopback, seat: 0, wasRefused: false)
        #expect(census.admit(.loopback, isExempt: false).refusal == nil)
        #expect(census.total == 1)
    }

    @Test("every new connection goes to the loop that has fewest")
    func emptiestLoop() {
        let census = Census(loops: 3, limit: 100, perAddress: 100)
        #expect((0..<6).map { _ in census.admit(.loopback, isExempt: false).seat } == [0, 1, 2, 0, 1, 2])
        census.leave(.loopback, seat: 1, wasRefused: false)
        #expect(census.admit(.loopback, isExempt: false).seat == 1)
    }
}
