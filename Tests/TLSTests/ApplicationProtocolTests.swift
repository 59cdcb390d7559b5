internal import COpenSSL
import TestCertificates
import Testing

@testable import TLS

@Suite("ALPN (RFC 7301)")
struct ApplicationProtocolTests {
    private func settle(offering wire: [UInt8]) throws -> (client: TLSError?, server: TLSError?) {
        let authority = try TestAuthority()
        let identity = try authority.issue(names: ["DNS:localhost"])
        let server = try TLSServerContext(certificateFile: identity.certificate, keyFile: identity.key)
        let client = try TLSClientContext(additionalAuthorities: authority.certificate, trustingSystem: false)
        #expect(SSL_CTX_set_alpn_protos(client.owner.pointer, wire, UInt32(wire.count)) == 0)
        return Wire(
            try TLSConnection(connecting: client, to: "localhost"), try TLSConnection(accepting: server)
        ).settle()
    }

    @Test("§3.2: a client that offers only h2 is refused with no_application_protocol")
    func onlyH2() throws {
        let (client, server) = try settle(offering: [2, 0x68, 0x32])
        #expect(server == .noCommonApplicationProtocol)
        guard case .peerAlert(let reason) = client else {
            Issue.record("\(String(describing: client))")
            return
        }
        #expect(reason.contains("no application protocol"))
    }

    @Test("http/1.1 is found behind other offers")
    func behindOthers() throws {
        let (client, server) = try settle(offering: [2, 0x68, 0x32, 8] + Array("http/1.1".utf8))
        #expect(client == nil && server == nil)
    }

    @Test("no offer is no refusal")
    func withoutOffer() throws {
        let (client, server) = try settle(offering: [])
        #expect(client == nil && server == nil)
    }
}
