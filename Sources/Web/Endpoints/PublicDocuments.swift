import HTTP
import JOSE
import Provider
import Synchronization

/// The documents under `/.well-known/` (OpenID Connect Discovery §4, RFC 8414 §3, RFC 7517 §5). They need no database:
/// relying parties go on verifying tokens while it is away.
final class PublicDocuments: Sendable {
    private let provider: OpenIDProvider
    private let discovery = Mutex<(of: Versions, document: TaggedDocument)?>(nil)
    private let keys = Mutex<(of: Versions, document: TaggedDocument)?>(nil)

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
        _ kept: borrowing Mutex<(of: Versions, document: TaggedDocument)?>, of versions: Versions, _ json: () -> JSON
    ) -> TaggedDocument {
        kept.withLock { kept -> TaggedDocument in
            if let kept, kept.of == versions { return kept.document }
            let fresh = TaggedDocument(json())
            kept = (versions, fresh)
            return fresh
        }
    }

    /// What a document depends on beside the settings, which never change.
    private struct Versions: Equatable, Sendable {
        var keys: Int
        var scopes: Int
    }
}
