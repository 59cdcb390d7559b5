import Crypto
import EventLoop
import HTTP
import HTTPClient
import HTTPServer
import JOSE
import Synchronization
import TLS
import TestCertificates
import Testing

@testable import ResourceServer

@Suite("The verifier over its own transport, against a server on loopback")
struct GuardedTransportTests {
    /// Serves an issuer's documents on a port of its own, by https or not.
    private func withIssuer(
        secure: Bool = false, _ body: (_ issuer: String, _ authorities: String) async throws -> Void
    ) async throws {
        let forge = try Forge.shared.get()
        let authority = try TestAuthority()
        let identity = try authority.issue(names: ["DNS:localhost", "IP:127.0.0.1"])
        let context = try TLSServerContext(certificateFile: identity.certificate, keyFile: identity.key)
        let issuer = Mutex("")
        let loops = try LoopGroup(name: "issuer", count: 1)
        let server = try await Server(
            listeningOn: ListenAddress(host: "127.0.0.1", port: 0), loops: loops, identity: secure ? context : nil,
            renderRefusal: { status, _, _ in Response(status: status) },
            makeHandler: { _ in
                { request in
                    let issuer = issuer.withLock { $0 }
                    let document: JSON? =
                        switch request.path {
                        case "/.well-known/openid-configuration":
                            ["issuer": .string(issuer), "jwks_uri": .string(issuer + "/keys")]
                        case "/keys": JWKS([JWK(forge.p256.verificationKey)]).json
                        default: nil
                        }
                    guard let document else { return Response(status: .notFound) }
                    return Response(status: .ok, body: document.encoded())
                }
            })
        issuer.withLock { $0 = "\(secure ? "https" : "http")://127.0.0.1:\(server.port)" }
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(issuer.withLock { $0 }, authority.certificate))
        } catch {
            outcome = .failure(error)
        }
        await server.stop(within: .zero)
        await loops.stop()
        try outcome.get()
    }

    private func token(of issuer: String) throws -> String {
        let forge = try Forge.shared.get()
        let now = Int64(Clocks.system.now())
        return try forge.token(
            claims: [("iss", .string(issuer)), ("iat", .integer(now)), ("exp", .integer(now + 60))], as: forge.p256)
    }

    @Test("issuer and audience are all it takes, from any task of any program")
    func simple() async throws {
        try await withIssuer { issuer, _ async throws in
            let verifier = try AccessTokenVerifier(issuer: issuer, audience: Forge.audience)
            let token = try token(of: issuer)
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<20 { group.addTask { try await verifier.verify(token).subject } }
                for try await subject in group { #expect(subject == "user-1") }
            }
            let onMain = Task { @MainActor in try await verifier.verify(token).subject }
            #expect(try await onMain.value == "user-1")
            let request = Request(
                method: .get, path: "/", headers: ["Authorization": "Bearer \(token)"])
            #expect(try await verifier.admit(request, requiring: ["contracts:read"]).clientID == "client-1")
        }
    }

    @Test("RFC 9525: an issuer whose certificate nobody vouches for is not believed")
    func certificates() async throws {
        try await withIssuer(secure: true) { issuer, authorities async throws in
            let token = try token(of: issuer)
            let trusted = try TrustedIssuer(issuer)
            let rules = AccessTokenRules(issuer: trusted, audience: try ExpectedAudience(Forge.audience))
            let known = AccessTokenVerifier(
                rules, over: try GuardedTransport(to: trusted, authorities: authorities))
            #expect(try await known.verify(token).subject == "user-1")
            let unknown = AccessTokenVerifier(rules, over: try GuardedTransport(to: trusted))
            let refusal = await #expect(throws: AccessRefusal.self) { try await unknown.verify(token) }
            guard case .unavailable(.unreachable(.metadata, let reason)) = refusal else {
                Issue.record("\(String(describing: refusal))")
                return
            }
            #expect(reason.contains("TLS"))
        }
    }

    @Test("CVE-2026-1180: the way to the issuer leads to no other address of this machine or its network")
    func guarded() async throws {
        try await withIssuer { issuer, _ async throws in
            let transport = try GuardedTransport(to: try TrustedIssuer("https://id.example"))
            let request = IssuerRequest(method: .get, url: issuer + "/keys", headers: Headers(), body: [])
            await #expect(throws: FetchError.refused(.notPublic(.loopback))) { try await transport.send(request) }
        }
    }
}
