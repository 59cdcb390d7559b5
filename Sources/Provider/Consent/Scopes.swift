import JOSE

/// A scope that clients may be allowed and users asked for.
public struct Scope: Sendable, Equatable {
    /// The scope token.
    public var name: String
    /// What the consent page says, by language tag; `en` is always there.
    public var descriptions: [String: String]

    /// A scope as it is stored.
    public init(name: String, descriptions: [String: String]) {
        self.name = name
        self.descriptions = descriptions
    }

    /// Those that this server itself gives a meaning to: they cannot go.
    public static let builtIn: Set<String> = [
        "openid", "profile", "email", "address", "phone", "offline_access", "admin", "account",
    ]

    /// What a page in this language says: by the very tag, by one of the same primary language (`de-AT` for `de`), in
    /// English, or the bare name.
    ///
    /// - Parameter language: a primary language subtag (RFC 5646 §2.2.1) in lower case.
    public func words(in language: String) -> String {
        if let exact = descriptions[language] { return exact }
        let regional = descriptions.keys.sorted().first { $0.lowercased().hasPrefix(language + "-") }
        return regional.flatMap { descriptions[$0] } ?? descriptions["en"] ?? name
    }
}

/// The name of a scope in a path: the scope token itself where every character of it may stand there, else `~` and the
/// token in base64url.
extension Scope {
    /// The name of this scope in the API.
    public var id: String {
        Self.isPathSafe(name) ? name : "~" + Base64URL.encode(Array(name.utf8))
    }

    /// The scope token that an id stands for; nil for what is no id.
    static func name(of id: String) -> String? {
        guard id.hasPrefix("~") else { return isPathSafe(id) ? id : nil }
        guard let bytes = Base64URL.decode(String(id.dropFirst())), let name = String(validating: bytes, as: UTF8.self)
        else { return nil }
        // One name for each.
        return isPathSafe(name) ? nil : name
    }

    /// RFC 3986 §2.3's unreserved characters, `:` and `@`; without a leading `~`, which marks the other form.
    private static func isPathSafe(_ name: String) -> Bool {
        name != "." && name != ".." && !name.hasPrefix("~")
            && name.utf8.allSatisfy { ASCII.isUnreserved($0) || ":@".utf8.contains($0) }
    }
}
