import TestCertificates
import Testing

@testable import TLS

@Suite("TLS handshake and records (RFC 8446, RFC 5246)")
struct HandshakeTests {
    let authority: TestAuthority
    let client: TLSClientContext
    let server: TLSServerContext

    init() throws {
        authority = try TestAuthority()
        let identity = try authority.issue(names: ["DNS:localhost", "IP:127.0.0.1"])
        server = try TLSServerContext(certificateFile: identity.certificate, keyFile: identity.key)
        client = try TLSClientContext(additionalAuthorities: authority.certificate, trustingSystem: false)
    }

    func wire(to host: String = "localhost") throws -> Wire {
        Wire(try TLSConnection(connecting: client, to: host), try TLSConnection(accepting: server))
    }

    @Test(
        "plaintext travels both ways, whatever the pieces the ciphertext comes in", arguments: [1, 2, 5, 100, Int.max])
    func bothWays(pieces: Int) throws {
        let wire = try wire()
        #expect(wire.settle(pieces: pieces) == (nil, nil))
        #expect(wire.server.phase == .open && wire.client.phase == .open)
        try Wire.send("ask", by: wire.client)
        try Wire.send(String(repeating: "answer", count: 20_000), by: wire.server)
        #expect(wire.settle(pieces: pieces) == (nil, nil))
        #expect(try Wire.received(by: wire.server) == "ask")
        #expect(try Wire.received(by: wire.client) == String(repeating: "answer", count: 20_000))
        #expect(wire.server.agreement?.hasPrefix("TLSv1.3 TLS_") == true)
    }

    @Test("RFC 8446 §6.1: close_notify is an end, no end of transport without it is")
    func closeNotify() throws {
        let wire = try wire()
        _ = wire.settle()
        try Wire.send("last words", by: wire.client)
        wire.client.close()
        _ = wire.settle()
        #expect(try Wire.received(by: wire.server) == "last words")
        #expect(wire.server.peerHasClosed)
        try wire.server.receiveEnd()
        try Wire.send("still answered", by: wire.server)
        _ = wire.settle()
        #expect(try Wire.received(by: wire.client) == "still answered")
        #expect(throws: TLSError.truncated) { try wire.client.receiveEnd() }
        #expect(throws: TLSError.notOpen) { try Wire.send("too late", by: wire.client) }
    }

    @Test(
        "RFC 9525: a certificate for another name or address is refused",
        arguments: ["example.com", "127.0.0.2", "::1"])
    func wrongHost(host: String) throws {
        let wire = try wire(to: host)
        let (client, server) = wire.settle()
        guard case .certificateRefused(let reason) = client else {
            Issue.record("\(String(describing: client))")
            return
        }
        #expect(reason.contains("mismatch"))
        guard case .peerAlert = server else {
            Issue.record("\(String(describing: server))")
            return
        }
        #expect(wire.client.phase == .failed)
    }

    @Test("a certificate is accepted for its name and for its address", arguments: ["localhost", "127.0.0.1"])
    func rightHost(host: String) throws {
        #expect(try wire(to: host).settle() == (nil, nil))
    }

    @Test("a name in the subject's common name alone does not count")
    func commonNameAlone() throws {
        #expect(try wire(to: "leaf").settle().client != nil)
    }

    @Test("an unknown authority and an expired certificate are refused")
    func untrusted() throws {
        let stranger = try TLSClientContext(trustingSystem: false)
        let unknown = Wire(
            try TLSConnection(connecting: stranger, to: "localhost"), try TLSConnection(accepting: server))
        guard case .certificateRefused = unknown.settle().client else {
            Issue.record("accepted a certificate of an unknown authority")
            return
        }
        let old = try authority.issue(names: ["DNS:localhost"], days: -1)
        let expired = try TLSServerContext(certificateFile: old.certificate, keyFile: old.key)
        let late = Wire(try TLSConnection(connecting: client, to: "localhost"), try TLSConnection(accepting: expired))
        #expect(late.settle().client == .certificateRefused(reason: "certificate has expired"))
    }

    @Test("HTTP in the clear is told from TLS")
    func plainHTTP() throws {
        let connection = try TLSConnection(accepting: server)
        #expect(Wire.deliver(Array("GET / HTTP/1.1\r\n\r\n".utf8), to: connection) == .plainHTTP)
        #expect(connection.phase == .failed)
    }

    @Test("noise ends the handshake with an error, and later bytes are not looked at")
    func noise() throws {
        let connection = try TLSConnection(accepting: server)
        #expect(Wire.deliver([UInt8](repeating: 0xEE, count: 100), to: connection) != nil)
        #expect(Wire.deliver([UInt8](repeating: 0xEE, count: 100), to: connection) == nil)
        #expect(try Wire.received(by: connection).isEmpty)
    }

    @Test("a record changed on its way is an error, not plaintext")
    func tampering() throws {
        let wire = try wire()
        _ = wire.settle()
        try Wire.send("pay 10", by: wire.client)
        var record = Wire.output(of: wire.client)
        record[record.count - 1] ^= 1
        #expect(Wire.deliver(record, to: wire.server) == nil)
        #expect(throws: TLSError.self) { try Wire.received(by: wire.server) }
        #expect(wire.server.phase == .failed)
    }

    @Test("an end of transport during the handshake is a truncation")
    func endDuringHandshake() throws {
        let wire = try wire()
        #expect(throws: TLSError.truncated) { try wire.server.receiveEnd() }
    }

    @Test("one connection's error is not reported by the next (error queue)")
    func errorQueueIsDrained() throws {
        _ = try wire(to: "example.com").settle()
        #expect(try wire().settle() == (nil, nil))
        #expect(ErrorQueue.drain() == nil)
    }
}

private func == (one: (client: TLSError?, server: TLSError?), other: (TLSError?, TLSError?)) -> Bool {
    one.client == other.0 && one.server == other.1
}
