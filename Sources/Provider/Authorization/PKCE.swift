import Crypto
import JOSE

/// Proof Key for Code Exchange (RFC 7636). S256 alone: `plain` proves nothing to whoever sees the request (RFC 9700
/// §2.1.1).
public enum PKCE {
    /// The challenge of an authorization request.
    ///
    /// - Parameter isRequired: whether the client must use PKCE and a code is asked for.
    /// - Returns: nil when it is not required and not there.
    /// - Throws: `invalid_request` for a missing, malformed or `plain` challenge, or a method without a challenge.
    public static func challenge(in parameters: Parameters, isRequired: Bool) throws(OAuthError) -> String? {
        guard parameters.isPresent("code_challenge") else {
            if parameters.isPresent("code_challenge_method") {
                throw .malformed("code_challenge_method", "needs a code_challenge beside it")
            }
            guard !isRequired else { throw .missing("code_challenge") }
            return nil
        }
        let challenge = try parameters.required("code_challenge")
        guard parameters["code_challenge_method"] == "S256" else {
            throw .malformed("code_challenge_method", "must be S256")
        }
        guard challenge.utf8.count == 43, Base64URL.decode(challenge)?.count == SHA256.byteCount else {
            throw .malformed("code_challenge", "must be the base64url form of a SHA-256 digest, 43 characters long")
        }
        return challenge
    }

    /// What a verifier's challenge must have been (RFC 7636 §4.6).
    ///
    /// - Throws: `invalid_grant` for a verifier that is not 43 to 128 unreserved characters (RFC 7636 §4.1): it cannot
    ///   fit any challenge.
    public static func challenge(ofVerifier verifier: String) throws(OAuthError) -> String {
        guard (43...128).contains(verifier.utf8.count), verifier.utf8.allSatisfy(ASCII.isUnreserved) else {
            throw OAuthError(
                .invalidGrant,
                "The parameter 'code_verifier' must be 43 to 128 characters of A-Z, a-z, 0-9, '-', '.', '_' and '~'.",
                parameter: "code_verifier")
        }
        return Base64URL.encode(SHA256.hash(Array(verifier.utf8)))
    }
}
