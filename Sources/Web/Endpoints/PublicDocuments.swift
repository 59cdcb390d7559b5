import Crypto
import HTTP
import JOSE
import Provider
import Synchronization

/// The documents under `/.well-known/` (OpenID Connect Discovery §4, RFC 8414 §3, RFC 7517 §5). They need no database:
/// relying parties go on verifying tokens while it is away.
final class PublicDocuments: Sendable {
    private let provider: OpenIDProvider
    private let discovery = Mutex<(from: DiscoverySource, document: Document)?>(nil)
    private let keys = Mutex<(from: JWKS, document: Document)?>(nil)

    init(provider: OpenIDProvider) { self.provider = provider }

    /// The metadata, the same under both names.
    func metadata(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let source = DiscoverySource(
            algorithms: provider.keys.current.algorithms, scopes: Set(provider.scopes.current.keys))
        let document = discovery.withLock { kept -> Document in
            if let kept, kept.from == source { return kept.document }
            let fresh = Document(provider.metadata)
            kept = (source, fresh)
            return fresh
        }
        return document.response(to: exchange.request)
    }

    /// The public keys.
    func jwks(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let source = provider.keys.current.jwks
        let document = keys.withLock { kept -> Document in
            if let kept, kept.from == source { return kept.document }
            let fresh = Document(["keys": .array(source.keys.map(\.json))])
            kept = (source, fresh)
            return fresh
        }
        return document.response(to: exchange.request)
    }

    /// What the metadata depends on beside the settings, which never change.
    private struct DiscoverySource: Equatable, Sendable {
        var algorithms: [SigningAlgorithm]
        var scopes: Set<String>
    }

    /// A document as it is sent, with the tag of its very bytes (RFC 9110 §8.8.3).
    private struct Document: Sendable {
        let bytes: [UInt8]
        let tag: EntityTag?

        init(_ json: JSON) {
            bytes = json.encoded()
            tag = EntityTag(opaque: Base64URL.encode(Array(SHA256.hash(bytes).prefix(16))))
        }

        func response(to request: Request) -> Response {
            var headers: Headers = ["Cache-Control": "public, max-age=300"]
            if let tag {
                headers.set("ETag", tag.description)
                if tag.isNamed(byIfNoneMatch: request.headers.all("if-none-match")) {
                    return Response(status: .notModified, headers: headers)
                }
            }
            headers.set("Content-Type", "application/json")
            return Response(status: .ok, headers: headers, body: bytes)
        }
    }
}
