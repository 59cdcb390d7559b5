import HTTP
import Provider

/// Credentials and tokens, which must never stand in the address of a request: histories, logs and referrers keep it
/// (RFC 6749 §2.3.1, RFC 6750 §5.3, RFC 9700 §4.3.2).
enum AddressSecrets {
    private static let everywhere: Set<String> = [
        "access_token", "refresh_token", "id_token", "client_secret", "client_assertion", "code_verifier", "password",
    ]
    private static let atEndpoints: Set<String> = ["token", "code", "newPassword", "new_password"]

    /// - Throws: `invalid_request` naming the first of them in the query. A query that cannot be read is left to those
    ///   who read it.
    static func refuse(in exchange: Exchange, at kind: Route.Kind) throws(OAuthError) {
        guard exchange.request.query != nil, let query = try? RequestBody.query(of: exchange.request) else { return }
        let name = query.lazy.map(\.name).first { name in
            everywhere.contains(name) || [.clientEndpoint, .openEndpoint].contains(kind) && atEndpoints.contains(name)
        }
        guard let name else { return }
        // They count as credentials: the challenge says what was wrong with them (RFC 6750 §3.1).
        exchange.hasCredentials = true
        throw .malformed(name, "must never stand in the address of a request")
    }
}
