/// A media type with its parameters (RFC 9110 §8.3.1), as `Content-Type` carries it.
public struct MediaType: Sendable, Hashable {
    /// `type/subtype` in lower case.
    public let essence: String
    /// The value of the parameter `charset` in lower case, nil without one.
    public let charset: String?

    /// Nil when `text` is not one media type with well-formed, unrepeated parameters.
    public init?(_ text: String) {
        var rest = text.utf8[...]
        guard let type = Self.token(&rest), rest.popFirst() == 0x2F, let subtype = Self.token(&rest) else { return nil }
        var parameters: [String: String] = [:]
        while true {
            rest = rest.drop(while: Grammar.isWhitespace)
            guard let separator = rest.popFirst() else { break }
            guard separator == 0x3B else { return nil }
            rest = rest.drop(while: Grammar.isWhitespace)
            if rest.isEmpty || rest.first == 0x3B { continue }  // an empty parameter is allowed, §5.6.6
            guard let name = Self.token(&rest), rest.popFirst() == 0x3D,
                let value = rest.first == 0x22 ? Self.quoted(&rest) : Self.token(&rest),
                parameters.updateValue(value.lowercased(), forKey: name.lowercased()) == nil
            else { return nil }
        }
        essence = "\(type)/\(subtype)".lowercased()
        charset = parameters["charset"]
    }

    private static func token(_ text: inout Substring.UTF8View) -> String? {
        let token = text.prefix(while: Grammar.isTokenByte)
        text = text[token.endIndex...]
        return token.isEmpty ? nil : String(token)
    }

    /// A `quoted-string` (§5.6.4), its quotes and backslashes removed.
    private static func quoted(_ text: inout Substring.UTF8View) -> String? {
        var value: [UInt8] = []
        text = text.dropFirst()
        while let byte = text.popFirst() {
            switch byte {
            case 0x22: return String(validating: value, as: UTF8.self)
            case 0x5C:
                guard let next = text.popFirst(), Grammar.isFieldValueByte(next) else { return nil }
                value.append(next)
            default:
                guard Grammar.isFieldValueByte(byte) else { return nil }
                value.append(byte)
            }
        }
        return nil
    }
}
