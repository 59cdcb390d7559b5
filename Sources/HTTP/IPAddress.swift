/// An IPv4 or IPv6 address. One address has one value: an IPv4-mapped IPv6 address (`::ffff:a.b.c.d`) *is* the IPv4
/// address, so rules written for one form cannot be passed by in the other.
public struct IPAddress: Sendable, Hashable {
    enum Family: Sendable, Hashable {
        case v4(UInt32)
        case v6(UInt128)
    }

    let family: Family

    /// The IPv4 address with these 32 bits, the first byte highest.
    public init(v4 bits: UInt32) {
        family = .v4(bits)
    }

    /// The IPv6 address with these 128 bits, the first byte highest; IPv4 when it is IPv4-mapped.
    public init(v6 bits: UInt128) {
        family = bits >> 32 == 0xFFFF ? .v4(UInt32(truncatingIfNeeded: bits)) : .v6(bits)
    }

    /// The address in 4 or 16 bytes of network order, as a socket address has it; nil for any other count.
    public init?(bytes: some Collection<UInt8>) {
        switch bytes.count {
        case 4: self.init(v4: bytes.reduce(0) { $0 << 8 | UInt32($1) })
        case 16: self.init(v6: bytes.reduce(0) { $0 << 8 | UInt128($1) })
        default: return nil
        }
    }

    /// 127.0.0.1.
    public static let loopback = IPAddress(v4: 0x7F00_0001)

    /// Whether it is an IPv4 address, mapped ones included.
    public var isV4: Bool {
        if case .v4 = family { true } else { false }
    }

    /// 4 or 16 bytes in network order.
    public var bytes: [UInt8] {
        switch family {
        case .v4(let bits): (0..<4).reversed().map { UInt8(truncatingIfNeeded: bits >> ($0 * 8)) }
        case .v6(let bits): (0..<16).reversed().map { UInt8(truncatingIfNeeded: bits >> ($0 * 8)) }
        }
    }

    /// What a client is counted by where limits are: the IPv4 address, but the first 64 bits of an IPv6 address, since
    /// a host may call the other 64 its own and use a new one for every request (RFC 4291 §2.5.1, RFC 8981). An IPv4
    /// address that a translator has put into 64:ff9b::/96 (RFC 6052) is that IPv4 address.
    public var network: IPAddress {
        guard case .v6(let bits) = family else { return self }
        if bits >> 32 == 0x0064_FF9B_0000_0000_0000_0000 { return IPAddress(v4: UInt32(truncatingIfNeeded: bits)) }
        return IPAddress(v6: bits & ~0 << 64)
    }

    /// What a customer of a network provider has at most, where many networks of one hand are counted together: the first
    /// 48 bits of an IPv6 address (RFC 6177 §2, RFC 3177 §3: sites get /56 or /48), and what ``network`` says of others.
    public var delegation: IPAddress {
        guard case .v6(let bits) = network.family else { return network }
        return IPAddress(v6: bits & ~0 << 80)
    }

    /// Whether it is 127.0.0.0/8 or ::1.
    public var isLoopback: Bool {
        switch family {
        case .v4(let bits): bits >> 24 == 127
        case .v6(let bits): bits == 1
        }
    }
}
