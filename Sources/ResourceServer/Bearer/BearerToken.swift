public import HTTP

/// The access token of a request, by the one way that is safe: the `Authorization` field (RFC 6750 §2.1).
public struct BearerToken: Sendable, Equatable {
    /// The token.
    public let text: String

    /// The token of a request.
    ///
    /// - Throws: ``AccessRefusal``; a scheme other than `Bearer` counts as no token.
    public init(_ request: Request) throws(AccessRefusal) {
        try self.init(authorization: request.headers.all("authorization"), query: request.query)
    }

    /// The token of a request of any other HTTP library.
    ///
    /// - Parameters:
    ///   - fields: the value of each `Authorization` field.
    ///   - query: what follows `?` in the target, undecoded.
    /// - Throws: ``AccessRefusal``; a scheme other than `Bearer` counts as no token.
    public init(authorization fields: [String], query: String? = nil) throws(AccessRefusal) {
        guard !Self.hasToken(query ?? "") else { throw .invalidRequest(.tokenInQuery) }
        guard let field = fields.first else { throw .noToken }
        guard fields.count == 1 else { throw .invalidRequest(.repeatedAuthorization) }
        let space = UInt8(ascii: " ")
        let end = field.utf8.firstIndex(of: space) ?? field.endIndex
        guard field[..<end].lowercased() == "bearer" else { throw .noToken }
        let text = field.utf8[end...].drop { $0 == space }
        guard Self.isToken(text) else { throw .invalidToken(.malformed) }
        self.text = String(Substring(text))
    }

    private static func hasToken(_ query: String) -> Bool {
        guard !query.isEmpty, let parameters = try? FormDecoder.decode(query: query) else { return false }
        return parameters.contains { $0.name == "access_token" }
    }

    /// `b64token`
    private static func isToken(_ text: Substring.UTF8View) -> Bool {
        let body = text.prefix { $0 != UInt8(ascii: "=") }
        return !body.isEmpty && text[body.endIndex...].allSatisfy { $0 == UInt8(ascii: "=") }
            && body.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: "-._~+/".utf8.contains(byte)
                }
            }
    }
}
