/// Which addresses are of the public internet: the guard of outbound requests asks this of the very address that it
/// connects to, so a name that resolves to an inner address gains nothing.
extension IPAddress {
    /// Whether it is a global unicast address that no registry reserves (IANA special-purpose registries, RFC 6890).
    /// Refused are this host, private, shared, link-local, documentation, benchmarking, multicast and reserved ranges,
    /// 6to4 and Teredo wholly, and NAT64 unless the IPv4 address inside is public itself.
    public var isPublic: Bool {
        switch family {
        case .v4(let bits): Self.isPublic(v4: bits)
        case .v6(let bits): Self.isPublic(v6: bits)
        }
    }

    private static func isPublic(v4 bits: UInt32) -> Bool {
        !reservedV4.contains { bits & $0.mask == $0.prefix }
    }

    private static func isPublic(v6 bits: UInt128) -> Bool {
        if bits >> 32 == 0x0064_FF9B_0000_0000_0000_0000 {  // 64:ff9b::/96, NAT64 (RFC 6052)
            return isPublic(v4: UInt32(truncatingIfNeeded: bits))
        }
        guard bits >> 125 == 0b001 else { return false }  // 2000::/3 is all that is assigned as global unicast
        return !reservedV6.contains { bits & $0.mask == $0.prefix }
    }

    private static func block<Bits: FixedWidthInteger>(_ prefix: Bits, _ length: Int) -> (prefix: Bits, mask: Bits) {
        (prefix, ~0 << Bits(Bits.bitWidth - length))
    }

    private static let reservedV4: [(prefix: UInt32, mask: UInt32)] = [
        block(0x0000_0000, 8),  // 0.0.0.0/8 this network
        block(0x0A00_0000, 8),  // 10.0.0.0/8 private
        block(0x6440_0000, 10),  // 100.64.0.0/10 shared, carrier-grade NAT
        block(0x7F00_0000, 8),  // 127.0.0.0/8 loopback
        block(0xA9FE_0000, 16),  // 169.254.0.0/16 link local, cloud metadata
        block(0xAC10_0000, 12),  // 172.16.0.0/12 private
        block(0xC000_0000, 24),  // 192.0.0.0/24 IETF protocol assignments
        block(0xC000_0200, 24),  // 192.0.2.0/24 documentation
        block(0xC058_6300, 24),  // 192.88.99.0/24 6to4 relay, deprecated
        block(0xC0A8_0000, 16),  // 192.168.0.0/16 private
        block(0xC612_0000, 15),  // 198.18.0.0/15 benchmarking
        block(0xC633_6400, 24),  // 198.51.100.0/24 documentation
        block(0xCB00_7100, 24),  // 203.0.113.0/24 documentation
        block(0xE000_0000, 4),  // 224.0.0.0/4 multicast
        block(0xF000_0000, 4),  // 240.0.0.0/4 reserved, broadcast
    ]

    private static let reservedV6: [(prefix: UInt128, mask: UInt128)] = [
        block(0x2001 << 112, 23),  // 2001::/23 IETF protocol assignments: Teredo, ORCHID, benchmarking
        block(0x2001_0DB8 << 96, 32),  // 2001:db8::/32 documentation
        block(0x2002 << 112, 16),  // 2002::/16 6to4
        block(0x3FFF << 112, 20),  // 3fff::/20 documentation (RFC 9637)
    ]
}
