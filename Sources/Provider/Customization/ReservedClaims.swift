/// Claims that this server alone sets: those that tokens are checked and found by (RFC 7519 §4.1, RFC 9068 §2.2, OpenID
/// Connect Core §2, §3.1.3.6), those that services decide by, and those that other specifications give a meaning to. No
/// mapping and no embedder's source can set one of them.
public enum ReservedClaims {
    /// Their names, ``authorities`` among them.
    public static let names: Set<String> = authorities.union([
        // RFC 7519
        "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "typ", "cty", "alg", "kid",
        // OpenID Connect Core, Session and Logout
        "auth_time", "nonce", "acr", "amr", "azp", "at_hash", "c_hash", "s_hash", "sid", "events", "sub_jwk",
        "_claim_names", "_claim_sources",
        // RFC 9068, RFC 8693, RFC 7800, RFC 9396, RFC 7662, RFC 9449
        "client_id", "scope", "act", "may_act", "cnf", "authorization_details", "active", "token_type", "token_use",
        "htm", "htu", "ath",
    ])

    /// What services let a user in by: whose the user is and what they may. A mapping can route the user's own there and
    /// nothing else, or whoever registers a client could make a token of another tenant.
    public static let authorities: Set<String> = ["tenant_id", "roles"]

    /// What ``UserClaims`` states of an address together with whether it is verified. Under these names a mapping tells
    /// the user's own alone: a nickname told as `email` would stand beside the `email_verified` of another address.
    static let verified: Set<String> = ["email", "email_verified", "phone_number", "phone_number_verified"]
}
