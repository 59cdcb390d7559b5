/// The parameters of one request (RFC 6749 §3.1). An empty value counts as left out, as the same section says.
///
/// No parameter may stand twice but `resource` (RFC 8707 §2). At the authorization endpoint a repeat is reported by
/// redirect where that is safe, so it is remembered here and refused by ``refuseRepeats()``.
public struct Parameters: Sendable {
    private var values: [String: String] = [:]
    /// Every `resource` that was sent, in order.
    public private(set) var resources: [String] = []
    /// Names that stood more than once.
    public private(set) var repeated: [String] = []

    /// The parameters of a form, a query or a JSON object, in order.
    public init(_ pairs: some Sequence<(name: String, value: String)>) {
        for (name, value) in pairs {
            if name == "resource" {
                if !value.isEmpty { resources.append(value) }
            } else if values.updateValue(value, forKey: name) != nil {
                repeated.append(name)
            }
        }
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

    /// The bytes of the values of these names and of all resources, and the name of the longest.
    func size(of names: Set<String>) -> (sum: Int, longest: String?) {
        let sizes = values.filter { names.contains($0.key) }.mapValues(\.utf8.count)
        let ofResources = resources.reduce(0) { $0 + $1.utf8.count }
        let longest = sizes.merging(["resource": ofResources]) { $1 }.max { $0.value < $1.value }
        return (sizes.values.reduce(ofResources, +), longest?.key)
    }

    /// - Throws: `invalid_request` naming a repeated parameter, whether or not Martlet knows it.
    public func refuseRepeats() throws(OAuthError) {
        guard let name = repeated.first else { return }
        throw .malformed(String(name.prefix(64)), "appears more than once")
    }
}

extension Parameters {
    /// The parameters of these names in the form in which a request is parked: `resource` values joined by a space, which
    /// no URI has.
    public func parked(_ names: Set<String>) -> [String: String] {
        var all = values.filter { names.contains($0.key) }
        if !resources.isEmpty { all["resource"] = resources.joined(separator: " ") }
        return all
    }

    /// The parameters of a parked request.
    public init(parked: [String: String]) {
        values = parked
        resources = values.removeValue(forKey: "resource")?.split(separator: " ").map(String.init) ?? []
    }
}
