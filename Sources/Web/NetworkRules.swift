import HTTP
public import Provider

/// The provider's ``AddressRules`` by the grammar of ``HTTP``.
public struct NetworkRules: AddressRules {
    /// The rules.
    public init() {}

    /// Whether this is a block in CIDR notation without bits beyond its prefix, or a single address.
    public func isRange(_ text: String) -> Bool { AddressRange(text) != nil }

    /// Whether the address lies in one of these blocks.
    public func contains(_ address: String, in ranges: [String]) -> Bool {
        guard let address = IPAddress(address) else { return false }
        return ranges.lazy.compactMap { AddressRange($0) }.contains { $0.contains(address) }
    }
}
