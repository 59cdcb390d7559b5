internal import HTTP
internal import HTTPClient

/// The provider whose tokens are accepted: its issuer identifier (RFC 8414 §2), compared as a string.
public struct TrustedIssuer: Sendable, Equatable {
    /// Exactly as `iss` and the metadata must have it.
    public let text: String
    private let url: OutboundURL

    /// Reads an issuer identifier.
    ///
    /// - Throws: ``SetupFault/issuer(_:)`` unless it is https, or http on a loopback address, without query and fragment.
    public init(_ text: String) throws(SetupFault) {
        let url: OutboundURL
        do {
            url = try OutboundURL(text)
        } catch {
            throw .issuer(EgressRefusal.malformed(error).description)
        }
        guard url.scheme == .https || url.isLoopback else {
            throw .issuer("must be https: only a loopback may be http")
        }
        guard !url.target.utf8.contains(UInt8(ascii: "?")) else { throw .issuer("must not have a query") }
        self.text = text
        self.url = url
    }

    /// Where its metadata are (OpenID Connect Discovery §4): below the issuer, of which one slash at the end is left out.
    var metadataURL: String {
        (text.hasSuffix("/") ? String(text.dropLast()) : text) + "/.well-known/openid-configuration"
    }

    /// The host, as ``EgressAllowance`` reads it.
    var host: String { url.hostText }

    /// Whether what is sent to this URL is as safe as what is sent to the issuer itself.
    func permits(_ url: OutboundURL) -> Bool { url.scheme == .https || self.url.scheme == .http && url.isLoopback }
}

extension OutboundURL {
    /// Whether it leads to this very machine, as far as it shows.
    fileprivate var isLoopback: Bool {
        switch host {
        case .address(let address): address.isLoopback
        case .name(let name): name == "localhost" || name.hasSuffix(".localhost")
        }
    }
}
