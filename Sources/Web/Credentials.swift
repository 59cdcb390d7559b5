import HTTP
import JOSE
import Provider

/// What the `Authorization` field of a request says (RFC 9110 §11.6.2).
enum Credentials {
    case none
    /// Id and secret (RFC 6749 §2.3.1, RFC 7617).
    case basic(BasicCredentials)
    /// An access token (RFC 6750 §2.1).
    case bearer(String)
    /// A scheme that this server does not know.
    case other

    /// Reads the field.
    ///
    /// - Parameter refusal: the code for malformed credentials: what is asked for decides, not the scheme that came.
    ///   RFC 6749 §5.2 has `invalid_client`, RFC 6750 §3.1 `invalid_token`.
    /// - Throws: `invalid_request` for two fields, `refusal` for malformed credentials.
    init(_ headers: Headers, refusal: OAuthError.Code) throws(OAuthError) {
        let fields = headers.all("authorization")
        guard let field = fields.first else {
            self = .none
            return
        }
        guard fields.count == 1 else { throw .malformed("Authorization", "appears more than once") }
        let space = UInt8(ascii: " ")
        let end = field.utf8.firstIndex(of: space) ?? field.endIndex
        let rest = Substring(field.utf8[end...].drop { $0 == space })
        switch field[..<end].lowercased() {
        case "basic":
            guard let credentials = Self.idAndSecret(rest) else {
                throw OAuthError(
                    refusal, "The Authorization header is not well-formed Basic authentication.",
                    parameter: "Authorization")
            }
            self = .basic(credentials)
        case "bearer":
            guard Self.isToken68(rest) else {
                throw OAuthError(
                    refusal, "The Authorization header has no well-formed access token.",
                    parameter: "Authorization")
            }
            self = .bearer(String(rest))
        default:
            self = .other
        }
    }

    /// Whether a bearer token is meant, well-formed or not.
    static func tryBearer(_ headers: Headers) -> Bool {
        headers.all("authorization").contains {
            $0.split(separator: " ", maxSplits: 1).first?.lowercased() == "bearer"
        }
    }

    private static func idAndSecret(_ text: Substring) -> BasicCredentials? {
        guard let bytes = base64(text), let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon > 0,
            let id = verbatim(bytes[..<colon]), let secret = verbatim(bytes[(colon + 1)...])
        else { return nil }
        // Without these both readings are the same.
        let isPlain = !bytes.contains { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }
        if isPlain { return BasicCredentials(id: id, secret: secret) }
        guard let decodedID = formDecoded(bytes[..<colon]), let decodedSecret = formDecoded(bytes[(colon + 1)...])
        else { return BasicCredentials(id: id, secret: secret) }
        let isSame = decodedID == id && decodedSecret == secret
        return BasicCredentials(id: decodedID, secret: decodedSecret, verbatim: isSame ? nil : (id, secret))
    }

    /// One component as it was sent; nil for what RFC 7617 §2 forbids.
    private static func verbatim(_ bytes: ArraySlice<UInt8>) -> String? {
        guard !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return nil }
        return String(validating: bytes, as: UTF8.self)
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
            && characters.allSatisfy { Grammar.isUnreserved($0) || "+/".utf8.contains($0) }
    }
}

extension Exchange {
    /// The access token in the header (RFC 6750 §2.1); nil when no credentials were sent.
    ///
    /// - Throws: `invalid_token` for credentials of another scheme.
    func bearerToken() throws(OAuthError) -> String? {
        // RFC 6750 §3.1: who tries another scheme is told of this one, not that something is wrong with a token.
        hasCredentials = Credentials.tryBearer(request.headers)
        switch try Credentials(request.headers, refusal: .invalidToken) {
        case .none: return nil
        case .bearer(let token): return token
        case .basic, .other:
            throw OAuthError(
                .invalidToken, "The Authorization header has a scheme other than Bearer.", parameter: "Authorization")
        }
    }
}
