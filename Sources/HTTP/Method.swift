/// The request methods Martlet knows (RFC 9110 §9, RFC 5789, RFC 10008). Any other token is answered 501 by the reader;
/// names are case-sensitive.
public enum Method: String, Sendable, CaseIterable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
    case options = "OPTIONS"
    // Known, so that they are answered 405 (RFC 9110 §15.5.6), and served nowhere: an echo of requests would show
    // cookies that scripts cannot see, and nothing here is asked by the content of a safe request.
    case trace = "TRACE"
    case query = "QUERY"

    /// The method `bytes` spell, or nil for every other token.
    init?(_ bytes: Span<UInt8>) {
        guard let method = Self.allCases.first(where: { $0.equals(bytes) }) else { return nil }
        self = method
    }

    private func equals(_ bytes: Span<UInt8>) -> Bool {
        let name = rawValue.utf8
        guard name.count == bytes.count else { return false }
        for (index, byte) in name.enumerated() where bytes[index] != byte { return false }
        return true
    }
}
