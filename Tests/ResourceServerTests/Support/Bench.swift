import Crypto
import JOSE

@testable import ResourceServer

/// A verifier beside its issuer, with clocks that stand still.
struct Bench: Sendable {
    let forge: Forge
    let issuer: TestIssuer
    let clock = TestClock()
    let verifier: AccessTokenVerifier
    /// What the verifier told of its issuer, in order.
    let notices: AsyncStream<IssuerNotice>

    init(
        caching: KeyCaching = KeyCaching(), introspection: IntrospectionPolicy? = nil,
        _ change: (inout AccessTokenRules) -> Void = { _ in }
    ) throws {
        forge = try Forge.shared.get()
        issuer = TestIssuer([forge.rsa, forge.p256])
        var rules = AccessTokenRules(
            issuer: try TrustedIssuer(Forge.issuer), audience: try ExpectedAudience(Forge.audience))
        change(&rules)
        let (stream, continuation) = AsyncStream<IssuerNotice>.makeStream()
        notices = stream
        verifier = AccessTokenVerifier(
            rules, over: issuer, caching: caching, introspection: introspection,
            notice: { continuation.yield($0) }, clocks: clock.clocks)
    }

    /// Why a token is refused; nil when it is not.
    func refusal(of token: String, requiring scopes: [String] = []) async -> AccessRefusal? {
        do {
            _ = try await verifier.verify(token, requiring: scopes)
            return nil
        } catch {
            return error
        }
    }

    /// A good token.
    func token(_ claims: Forge.Changes = [], by key: SigningKey? = nil) throws -> String {
        try forge.token(claims: claims, as: key)
    }
}
