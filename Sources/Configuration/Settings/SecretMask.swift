/// Hides what `config` and error messages must not show.
public enum SecretMask {
    static let mask = "***"

    /// A setting's text as it may be shown.
    static func shown(_ value: GivenValue) -> String {
        switch value.setting {
        case .adminClientSecret: mask
        case .databaseURL, .ownerDatabaseURL: connection(value.text)
        default: value.text
        }
    }

    /// A libpq connection string without its passwords, whichever of libpq's two forms it has.
    public static func connection(_ text: String) -> String {
        text.hasPrefix("postgresql://") || text.hasPrefix("postgres://") ? url(text) : keywords(text)
    }

    /// `postgresql://user:password@host/db?password=…&sslpassword=…`
    private static func url(_ text: String) -> String {
        guard let start = text.range(of: "://")?.upperBound else { return mask }
        var rest = text[start...]
        var result = text[..<start]
        // libpq ends the user-info at the first '@' of the authority; a password with a raw one hides more, not less.
        let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let userInfoEnd = rest[..<authorityEnd].lastIndex(of: "@") ?? rest.lastIndex(of: "@")
        if let at = userInfoEnd {
            let userInfo = rest[..<at]
            result += userInfo.prefix { $0 != ":" }
            if userInfo.contains(":") { result += ":" + mask }
            rest = rest[at...]
        }
        guard let question = rest.firstIndex(of: "?") else { return String(result + rest) }
        result += rest[...question]
        let parameters = rest[rest.index(after: question)...].split(separator: "&", omittingEmptySubsequences: false)
        let shown = parameters.map { parameter -> Substring in
            let name = parameter.prefix { $0 != "=" }
            return isSecret(name) ? name + "=" + mask : parameter
        }
        return String(result) + shown.joined(separator: "&")
    }

    /// `host=… user=… password='…'`: values may be quoted, with `\` before a quote.
    private static func keywords(_ text: String) -> String {
        var shown: [String] = []
        var rest = text[...]
        while true {
            rest = rest.drop(while: \.isWhitespace)
            guard let equals = rest.firstIndex(of: "=") else { break }
            let name = rest[..<equals].filter { !$0.isWhitespace }
            rest = rest[rest.index(after: equals)...].drop(while: \.isWhitespace)
            let value = takeValue(&rest)
            shown.append(isSecret(name[...]) ? "\(name)=\(mask)" : "\(name)=\(value)")
        }
        if !rest.isEmpty { shown.append(mask) }
        return shown.joined(separator: " ")
    }

    private static func takeValue(_ rest: inout Substring) -> Substring {
        let start = rest.startIndex
        let isQuoted = rest.first == "'"
        if isQuoted { rest.removeFirst() }
        while let character = rest.first {
            if isQuoted ? character == "'" : character.isWhitespace { break }
            rest.removeFirst()
            if character == "\\", !rest.isEmpty { rest.removeFirst() }
        }
        if isQuoted, !rest.isEmpty { rest.removeFirst() }
        return start < rest.startIndex ? rest.base[start..<rest.startIndex] : ""
    }

    private static func isSecret(_ name: Substring) -> Bool {
        ["password", "sslpassword"].contains(name.lowercased())
    }
}

extension String {
    /// Where `needle` first stands.
    fileprivate func range(of needle: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(needle) { return start..<index(start, offsetBy: needle.count) }
            start = index(after: start)
        }
        return nil
    }
}
