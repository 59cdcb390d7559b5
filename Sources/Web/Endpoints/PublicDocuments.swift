import Crypto
import HTTP
import JOSE
import Provider
import Synchronization

/// The documents under `/.well-known/` (OpenID Connect Discovery §4, RFC 8414 §3, RFC 7517 §5). They need no database:
/// relying parties go on verifying tokens while it is away.
final class PublicDocuments: Sendable {
    private let provider: OpenIDProvider
    private let discovery = Mutex<(of: Versions, document: Document)?>(nil)
    private let keys = Mutex<(of: Versions, document: Document)?>(nil)

    init(provider: OpenIDProvider) { self.provider = provider }

    /// The metadata, the same under both names.
    func metadata(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let versions = Versions(keys: provider.keys.version, scopes: provider.scopes.version)
        return document(discovery, of: versions) { provider.metadata }.response(to: exchange.request)
    }

    /// The public keys.
    func jwks(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let versions = Versions(keys: provider.keys.version, scopes: 0)
        return document(keys, of: versions) { ["keys": .array(provider.keys.current.jwks.keys.map(\.json))] }
            .response(to: exchange.request)
    }

    private func document(
        _ kept: borrowing Mutex<(of: Versions, document: Document)?>, of versions: Versions, _ json: () -> JSON
    ) -> Document {
        kept.withLock { kept -> Document in
            if let kept, kept.of == versions { return kept.document }
            let fresh = Document(json())
            kept = (versions, fresh)
            return fresh
        }
    }

    /// What a document depends on beside the settings, which never change.
    private struct Versions: Equatable, Sendable {
        var keys: Int
        var scopes: Int
    }

    /// A document as it is sent, with the tag of its very bytes (RFC 9110 §8.8.3).
    private struct Document: Sendable {
        private let tag: EntityTag?
        private let whole: Response
        private let notModified: Response

        init(_ json: JSON) {
            let bytes = json.encoded()
            tag = EntityTag(opaque: Base64URL.encode(Array(SHA256.hash(bytes).prefix(16))))
            var headers: Headers = ["Cache-Control": "public, max-age=300"]
            if let tag { headers.set("ETag", tag.description) }
            notModified = Response(status: .notModified, headers: headers)
            headers.set("Content-Type", "application/json")
            whole = Response(status: .ok, headers: headers, body: bytes)
        }

        func response(to request: Request) -> Response {
            guard let tag, request.headers.contains("if-none-match") else { return whole }
            return tag.isNamed(byIfNoneMatch: request.headers.all("if-none-match")) ? notModified : whole
        }
    }
}
