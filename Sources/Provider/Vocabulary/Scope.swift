/// A list of scope tokens without repeats, in the order they were asked for (RFC 6749 §3.3).
public struct ScopeList: Sendable, Hashable, Sequence {
    /// The tokens, each once.
    public private(set) var names: [String]

    /// These tokens; repeats are dropped.
    public init(_ names: some Sequence<String> = []) {
        var seen: Set<String> = []
        self.names = names.filter { seen.insert($0).inserted }
    }

    /// Most tokens a request may name, so that a long list costs nobody anything (CVE-2026-4634).
    public static let limit = 100

    /// RFC 6749 §3.3: tokens of `%x21 / %x23-5B / %x5D-7E`, one space between.
    ///
    /// - Throws: `invalid_scope` for other characters, empty tokens or more than ``limit`` of them.
    public init(parsing text: String) throws(OAuthError) {
        let parts = text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: true)
        guard parts.count <= Self.limit else {
            throw OAuthError(.invalidScope, "The parameter 'scope' names too many scopes.", parameter: "scope")
        }
        for part in parts where !part.allSatisfy(Self.isTokenByte) {
            throw OAuthError(
                .invalidScope, "The parameter 'scope' has a character that no scope may have.", parameter: "scope")
        }
        self.init(parts.map { String(Substring($0)) })
    }

    /// Whether `byte` may stand in a scope token.
    static func isTokenByte(_ byte: UInt8) -> Bool {
        byte == 0x21 || (0x23...0x5B).contains(byte) || (0x5D...0x7E).contains(byte)
    }

    /// Separated by spaces, as the `scope` parameter has it.
    public var text: String { names.joined(separator: " ") }
    /// Whether no scope is in it.
    public var isEmpty: Bool { names.isEmpty }
    /// Whether `name` is in it.
    public func contains(_ name: String) -> Bool { names.contains(name) }
    /// Those of these scopes that `other` has too.
    public func intersection(_ other: ScopeList) -> ScopeList {
        let set = Set(other.names)
        return ScopeList(names.filter(set.contains))
    }
    /// Those of these scopes that `other` has not.
    public func subtracting(_ other: ScopeList) -> ScopeList {
        let set = Set(other.names)
        return ScopeList(names.filter { !set.contains($0) })
    }
    /// These scopes and then those of `other`.
    public func union(_ other: ScopeList) -> ScopeList { ScopeList(names + other.names) }
    /// Whether each of these scopes is in `other`.
    public func isSubset(of other: ScopeList) -> Bool { Set(names).isSubset(of: other.names) }

    /// The tokens in order.
    public func makeIterator() -> IndexingIterator<[String]> { names.makeIterator() }
}
