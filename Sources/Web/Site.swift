/// Where this server is, as its operator configured it. Every address in a page or a header is built from it and never
/// from a request's Host (GHSA-2wmj-46rj-qm2w, CVE-2026-29067).
struct Site: Sendable {
    /// Exact `iss`, without a trailing slash.
    let issuer: String
    /// The issuer's origin as browsers write it (RFC 6454 §6.1); an issuer has no other spelling of it.
    let origin: String
    /// The issuer's path, which stands before every path of the server: empty, or `/…` without a trailing slash.
    let basePath: String
    /// Whether browsers reach it by https.
    let isSecure: Bool
    /// The files beside the pages.
    let assets: Assets

    init(issuer: String) {
        self.issuer = issuer
        isSecure = issuer.hasPrefix("https://")
        let authority = issuer.utf8.firstIndex(of: UInt8(ascii: ":")).map { issuer.utf8.index($0, offsetBy: 3) }
        let path = authority.flatMap { issuer.utf8[$0...].firstIndex(of: UInt8(ascii: "/")) }
        basePath = path.map { String(issuer[$0...]) } ?? ""
        origin = String(issuer.dropLast(basePath.count))
        assets = Assets()
    }
}
