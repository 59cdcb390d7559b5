/// Who really asks, when proxies stand between: a pure rule over the socket's peer and what the proxies wrote.
public struct ForwardedClient: Sendable, Equatable {
    /// The client's address as far as trusted proxies vouch for it.
    public let address: IPAddress
    /// Whether the client used https.
    public let isSecure: Bool

    /// Walks `X-Forwarded-For` from the right, the entry nearest to this server first: trusted proxies are skipped, the
    /// first other address is the client. A malformed entry ends the walk at the last good one, and from a peer that
    /// is not trusted neither header is looked at.
    ///
    /// - Parameters:
    ///   - peer: the address of the socket's other end.
    ///   - peerIsSecure: whether this server itself ended TLS.
    ///   - forwardedFor: the values of `X-Forwarded-For`, in the order of their lines.
    ///   - forwardedProto: the values of `X-Forwarded-Proto`. As many entries as addresses: the one beside the client's
    ///     counts; otherwise the last, which the nearest proxy wrote.
    ///   - trusted: the proxies' ranges.
    public init(
        peer: IPAddress, peerIsSecure: Bool, forwardedFor: [String], forwardedProto: [String], trusted: [AddressRange]
    ) {
        func isTrusted(_ address: IPAddress) -> Bool { trusted.contains { $0.contains(address) } }
        guard isTrusted(peer) else {
            address = peer
            isSecure = peerIsSecure
            return
        }
        let entries = Self.entries(forwardedFor)
        var client = peer
        var position = entries.endIndex
        while position > entries.startIndex, isTrusted(client), let next = Self.address(entries[position - 1]) {
            client = next
            position -= 1
        }
        address = client
        isSecure = Self.isSecure(
            Self.entries(forwardedProto), addresses: entries.count, position: position, otherwise: peerIsSecure)
    }

    private static func isSecure(_ schemes: [Substring], addresses: Int, position: Int, otherwise: Bool) -> Bool {
        guard let last = schemes.last else { return otherwise }
        let scheme = schemes.count == addresses && position < addresses ? schemes[position] : last
        return scheme.lowercased() == "https"
    }

    private static func entries(_ values: [String]) -> [Substring] {
        values.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }.map { entry in
            let start = entry.drop { $0 == " " || $0 == "\t" }
            let end = start.lastIndex { $0 != " " && $0 != "\t" }
            return end.map { start[...$0] } ?? ""
        }
    }

    /// An address, perhaps with a port: `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`.
    private static func address(_ entry: Substring) -> IPAddress? {
        if let address = IPAddress(String(entry)) { return address }
        if entry.hasPrefix("[") {
            guard let end = entry.firstIndex(of: "]") else { return nil }
            let rest = entry[entry.index(after: end)...]
            guard rest.isEmpty || isPort(rest) else { return nil }
            let address = IPAddress(String(entry[entry.index(after: entry.startIndex)..<end]))
            return address
        }
        guard let colon = entry.firstIndex(of: ":"), isPort(entry[colon...]) else { return nil }
        return IPAddress(String(entry[..<colon]))
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.first == ":" && (2...6).contains(text.utf8.count) && text.utf8.dropFirst().allSatisfy(Grammar.isDigit)
    }
}
