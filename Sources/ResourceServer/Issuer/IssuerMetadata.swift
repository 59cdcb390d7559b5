internal import HTTPClient
internal import JOSE

/// What is needed of the issuer's metadata (OpenID Connect Discovery §3, RFC 8414 §2).
struct IssuerMetadata: Sendable, Equatable {
    /// `jwks_uri`
    let keys: String
    /// `introspection_endpoint`; nil when it has none.
    let introspection: String?

    /// Reads the document.
    ///
    /// - Parameter issuer: whose it must be, to the letter (OpenID Connect Discovery §4.3).
    init(_ json: JSON, of issuer: TrustedIssuer) throws(IssuerFault) {
        guard let name = json["issuer"]?.string, name.utf8.elementsEqual(issuer.text.utf8) else {
            throw .foreignIssuer
        }
        guard let keys = try Self.endpoint("jwks_uri", json, .keys, issuer) else {
            throw .noEndpoint(.keys, reason: "is not in the metadata")
        }
        self.keys = keys
        introspection = try Self.endpoint("introspection_endpoint", json, .introspection, issuer)
    }

    private static func endpoint(
        _ name: String, _ json: JSON, _ subject: IssuerFault.Subject, _ issuer: TrustedIssuer
    ) throws(IssuerFault) -> String? {
        guard let member = json[name] else { return nil }
        guard let text = member.string else { throw .noEndpoint(subject, reason: "is no text") }
        guard let url = try? OutboundURL(text) else { throw .noEndpoint(subject, reason: "is not well-formed") }
        guard issuer.permits(url) else { throw .noEndpoint(subject, reason: "is not https") }
        return text
    }
}
