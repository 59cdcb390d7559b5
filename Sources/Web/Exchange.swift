import HTTP
import Provider

/// One request on its way to its answer: what the endpoints read, and what the log line will say of it. It belongs to
/// the task of its request and never leaves it.
final class Exchange {
    let request: Request
    let site: Site
    /// Who asks, from where and when; the flows write it beside every change.
    var trail: Trail
    /// The segments of the path that stand for ids, in order.
    let ids: [String]

    /// Whether the request brought credentials of any kind: a challenge names no error otherwise (RFC 6750 §3.1).
    var hasCredentials = false
    /// The client that the request says it comes from, for the log line; nobody has checked it.
    var claimedClient: String?
    /// The grant type of a token request, for the metrics.
    var grantType: String?
    /// What HTTP says of a refusal where its code alone would say less, such as 415.
    var status: Status?
    /// What went wrong, for the log line: set for errors that travel by redirect or page too.
    var error: OAuthError?

    init(_ request: Request, site: Site, ids: [String], now: Instant) {
        self.request = request
        self.site = site
        self.ids = ids
        trail = Trail(
            actor: "anonymous", requestID: request.id, address: request.peer.description,
            network: request.peer.network.description, delegation: request.peer.delegation.description, now: now)
    }

    /// The language of a page, by what the relying party and the browser ask for.
    func language(_ uiLocales: [String] = []) -> Language {
        .choose(uiLocales: uiLocales, acceptLanguage: request.headers[first: "accept-language"])
    }
}
