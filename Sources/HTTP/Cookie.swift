/// A cookie as the browser sends it: a name and a value, nothing of how it was set (RFC 6265 §4.2).
public struct Cookie: Sendable, Hashable {
    /// A token.
    public let name: String
    /// Octets of `cookie-octet`, without the quotes around them.
    public let value: String

    /// The cookies of all `Cookie` fields, in their order. Browsers send what other software of the same host has set;
    /// a pair that RFC 6265 §4.1.1 would not let us set is therefore skipped, not refused.
    public static func all(in headers: Headers) -> [Cookie] {
        headers.all("cookie").flatMap { field in
            field.utf8.split(separator: 0x3B).compactMap(parse)
        }
    }

    /// The value of the only cookie of that name. Nil without one, and nil with several: of two cookies one was planted
    /// from elsewhere, and nothing says which.
    public static func value(of name: String, in headers: Headers) -> String? {
        let found = all(in: headers).filter { $0.name == name }
        return found.count == 1 ? found[0].value : nil
    }

    private static func parse(_ pair: Substring.UTF8View) -> Cookie? {
        let text = pair.drop(while: Grammar.isWhitespace)
        guard let equals = text.firstIndex(of: 0x3D) else { return nil }
        var value = text[text.index(after: equals)...]
        while let last = value.last, Grammar.isWhitespace(last) { value.removeLast() }
        if value.count >= 2, value.first == 0x22, value.last == 0x22 { value = value.dropFirst().dropLast() }
        let name = text[..<equals]
        guard isName(name), isValue(value), let name = String(name), let value = String(value) else { return nil }
        return Cookie(name: name, value: value)
    }

    static func isName(_ name: some Collection<UInt8>) -> Bool {
        !name.isEmpty && name.allSatisfy(Grammar.isTokenByte)
    }

    /// `cookie-octet`: visible ASCII without quote, comma, semicolon and backslash.
    static func isValue(_ value: some Collection<UInt8>) -> Bool {
        value.allSatisfy { byte in
            switch byte {
            case 0x21, 0x23...0x2B, 0x2D...0x3A, 0x3C...0x5B, 0x5D...0x7E: true
            default: false
            }
        }
    }
}
