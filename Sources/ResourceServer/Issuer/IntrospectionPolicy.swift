internal import HTTP
internal import JOSE

/// How the issuer is asked whether a token that verifies is still alive (RFC 7662): what a JWT alone cannot tell.
public struct IntrospectionPolicy: Sendable {
    /// What happens to tokens while the issuer cannot be asked.
    public enum Outage: Sendable {
        /// They are refused with 503: nothing revoked gets in.
        case refuse
        /// What the signature proves is enough: the service stays up, and a revoked token may be used until it expires.
        case accept
    }

    /// How long an answer counts: so long may a token be used after its revocation, and so seldom is the issuer asked
    /// about the same token.
    public var answersKept = Duration.seconds(5)
    /// What happens while the issuer cannot be asked.
    public var outage = Outage.refuse
    /// The value of `Authorization` (RFC 6749 §2.3.1).
    let authorization: String

    /// - Parameters:
    ///   - clientID: a confidential client of the issuer that may introspect others' tokens (Martlet: `mayIntrospect`).
    ///   - clientSecret: its secret.
    public init(clientID: String, clientSecret: String) {
        let pair = FormEncoder.encode(clientID) + ":" + FormEncoder.encode(clientSecret)
        authorization = "Basic " + Self.base64(Array(pair.utf8))
    }

    /// RFC 4648 §4.
    private static func base64(_ bytes: [UInt8]) -> String {
        let text = Base64URL.encode(bytes).map { character -> Character in
            switch character {
            case "-": "+"
            case "_": "/"
            default: character
            }
        }
        return String(text) + String(repeating: "=", count: (4 - text.count % 4) % 4)
    }
}
