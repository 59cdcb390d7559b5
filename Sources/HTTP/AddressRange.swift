/// A block of addresses in CIDR notation (RFC 4632, RFC 4291 §2.3).
public struct AddressRange: Sendable, Hashable, LosslessStringConvertible {
    /// The lowest address of the block.
    public let base: IPAddress
    /// How many leading bits are fixed: 0…32 for IPv4, 0…128 for IPv6.
    public let prefixLength: Int

    /// The block `text` names, such as `10.0.0.0/8`, `fd00::/8`, or a single address. Nil when the address is not
    /// strict, the length is out of range or has leading zeros, or bits beyond the prefix are set (`10.0.0.1/8` is
    /// more likely a mistake than a block).
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = IPAddress(String(parts[0])) else { return nil }
        let width = address.isV4 ? 32 : 128
        guard parts.count == 2 else {
            self.init(base: address, prefixLength: width)
            return
        }
        guard var length = IPAddress.decimal(parts[1].utf8, atMost: 128) else { return nil }
        if address.isV4, parts[0].utf8.contains(0x3A) {  // ::ffff:10.0.0.0/104 is 10.0.0.0/8
            length -= 96
        }
        guard (0...width).contains(length) else { return nil }
        self.init(base: address, prefixLength: length)
        guard Self.fixed(address, length) == address else { return nil }
    }

    private init(base: IPAddress, prefixLength: Int) {
        self.base = base
        self.prefixLength = prefixLength
    }

    /// Whether `address` lies in the block; an address of the other family never does.
    public func contains(_ address: IPAddress) -> Bool {
        address.isV4 == base.isV4 && Self.fixed(address, prefixLength) == base
    }

    /// Always with the length, `192.0.2.1/32` for a single address.
    public var description: String { "\(base)/\(prefixLength)" }

    /// `address` with every bit beyond the first `length` cleared.
    private static func fixed(_ address: IPAddress, _ length: Int) -> IPAddress {
        switch address.family {
        case .v4(let bits): IPAddress(v4: bits & ~0 << UInt32(32 - length))
        case .v6(let bits): IPAddress(v6: bits & ~0 << UInt128(128 - length))
        }
    }
}
