/// The parameters of one request, each at most once (RFC 6749 §3.1: «Request and response parameters MUST NOT be
/// included more than once»). An empty value counts as left out, as the same section says.
public struct Parameters: Sendable {
    private var values: [String: String]

    /// The parameters of a form or query, in order.
    ///
    /// - Throws: `invalid_request` naming a repeated parameter, whether or not Martlet knows it.
    public init(_ pairs: some Sequence<(name: String, value: String)>) throws(OAuthError) {
        var values: [String: String] = [:]
        for (name, value) in pairs where values.updateValue(value, forKey: name) != nil {
            throw OAuthError(
                .invalidRequest, "The parameter '\(name.prefix(64))' appears more than once.", parameter: name)
        }
        self.values = values
    }

    /// The value of `name`; nil when it was left out or empty.
    public subscript(_ name: String) -> String? {
        guard let value = values[name], !value.isEmpty else { return nil }
        return value
    }

    /// Whether `name` was sent, even if empty: for parameters whose empty value is refused, not ignored.
    public func isPresent(_ name: String) -> Bool { values[name] != nil }

    /// The value of `name`, which must be there.
    ///
    /// - Throws: `invalid_request` naming it.
    public func required(_ name: String) throws(OAuthError) -> String {
        guard let value = self[name] else { throw .missing(name) }
        return value
    }

    /// Everything that was sent, for parking a request.
    public var all: [String: String] { values }
}
