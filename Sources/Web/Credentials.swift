import HTTP
import JOSE
import Provider

/// What the `Authorization` field of a request says (RFC 9110 §11.6.2).
enum Credentials {
    case none
    /// Id and secret, form-decoded (RFC 6749 §2.3.1).
    case basic(id: String, secret: String)
    /// An access token (RFC 6750 §2.1).
    case bearer(String)
    /// A scheme that this server does not know.
    case other

    /// Reads the field.
    ///
    /// - Throws: `invalid_request` for two fields, `invalid_client` and `invalid_token` for malformed credentials of
    ///   either scheme.
    init(_ headers: Headers) throws(OAuthError) {
        let fields = headers.all("authorization")
        guard let field = fields.first else {
            self = .none
            return
        }
        guard fields.count == 1 else { throw .malformed("Authorization", "appears more than once") }
        let parts = field.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        let rest = parts.count == 2 ? parts[1].drop { $0 == " " } : ""
        switch parts[0].lowercased() {
        case "basic":
            guard let (id, secret) = Self.idAndSecret(rest) else {
                throw OAuthError(
                    .invalidClient, "The Authorization header is not well-formed Basic authentication.",
                    parameter: "Authorization")
            }
            self = .basic(id: id, secret: secret)
        case "bearer":
            guard Self.isToken68(rest) else {
                throw OAuthError(
                    .invalidToken, "The Authorization header has no well-formed access token.",
                    parameter: "Authorization")
            }
            self = .bearer(String(rest))
        default:
            self = .other
        }
    }

    private static func idAndSecret(_ text: Substring) -> (id: String, secret: String)? {
        guard let bytes = base64(text), let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            let id = formDecoded(bytes[..<colon]), let secret = formDecoded(bytes[(colon + 1)...]), !id.isEmpty
        else { return nil }
        return (id, secret)
    }

    /// One form-encoded component; nil for malformed ones.
    private static func formDecoded(_ bytes: ArraySlice<UInt8>) -> String? {
        // As a form `=<component>` it is one nameless parameter; `&` and `=` cannot stand in an encoded component.
        guard !bytes.isEmpty else { return "" }
        guard !bytes.contains(UInt8(ascii: "&")),
            let parameters = try? FormDecoder.decode([UInt8(ascii: "=")] + bytes), parameters.count == 1
        else { return nil }
        return parameters[0].value
    }

    /// The bytes of base64 in the standard alphabet (RFC 4648 §4), with its padding or without.
    private static func base64(_ text: Substring) -> [UInt8]? {
        var bytes = Array(text.utf8)
        guard bytes.count <= 4096 else { return nil }
        if bytes.count % 4 == 0 {
            while bytes.last == UInt8(ascii: "="), text.utf8.count - bytes.count < 2 { bytes.removeLast() }
        }
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "+"): bytes[index] = UInt8(ascii: "-")
            case UInt8(ascii: "/"): bytes[index] = UInt8(ascii: "_")
            case UInt8(ascii: "-"), UInt8(ascii: "_"): return nil
            default: break
            }
        }
        return Base64URL.decode(bytes[...])
    }

    /// `b64token` (RFC 6750 §2.1).
    private static func isToken68(_ text: Substring) -> Bool {
        let body = text.utf8.drop { $0 != UInt8(ascii: "=") }
        guard body.allSatisfy({ $0 == UInt8(ascii: "=") }) else { return false }
        let characters = text.utf8.dropLast(body.count)
        return !characters.isEmpty
            && characters.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: "-._~+/".utf8.contains(byte)
                }
            }
    }
}
