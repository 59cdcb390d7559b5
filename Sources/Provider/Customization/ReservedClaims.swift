/// Claims that this server alone sets: those that tokens are checked and found by (RFC 7519 §4.1, RFC 9068 §2.2, OpenID
/// Connect Core §2, §3.1.3.6), and those that other specifications give a meaning to. No mapping and no embedder's
/// source can set one of them.
public enum ReservedClaims {
    /// Their names.
    public static let names: Set<String> = [
        // RFC 7519
        "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "typ", "cty", "alg", "kid",
        // OpenID Connect Core, Session and Logout
        "auth_time", "nonce", "acr", "amr", "azp", "at_hash", "c_hash", "s_hash", "sid", "events", "sub_jwk",
        "_claim_names", "_claim_sources",
        // RFC 9068, RFC 8693, RFC 7800, RFC 9396, RFC 7662, RFC 9449
        "client_id", "scope", "act", "may_act", "cnf", "authorization_details", "active", "token_type", "token_use",
        "htm", "htu", "ath",
    ]
}
