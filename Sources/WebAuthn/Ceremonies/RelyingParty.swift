/// Whom credentials are for: this server, as browsers and authenticators know it.
public struct RelyingParty: Sendable, Hashable {
    /// The domain that credentials are scoped to (Level 2 §4, RP ID): the origin's host or a domain above it. Every
    /// credential is lost with it.
    public let id: String
    /// What the browser may show.
    public let name: String
    /// Where the page is, as browsers write it (RFC 6454 §6.2): `https://` host, and the port unless it is 443.
    public let origin: String

    /// A relying party. The values are an operator's: that `id` belongs to `origin` is checked by every browser.
    public init(id: String, name: String, origin: String) {
        self.id = id
        self.name = name
        self.origin = origin
    }
}
