public import HTTP

/// An `http` or `https` address that a request may be sent to, read strictly (RFC 3986, RFC 9110 §4.2): no user-info,
/// no fragment, no trailing dot, and a host that is a name or an IP literal and nothing in between. What resolvers take
/// for numbers (`2130706433`, `0x7f.1`, `0177.0.0.1`, `127.1`) is neither and is refused.
public struct OutboundURL: Sendable, Hashable {
    /// The protocols that can leave.
    public enum Scheme: String, Sendable {
        case http
        case https
    }

    /// The two things a host can be.
    public enum Host: Sendable, Hashable {
        /// In lower case.
        case name(String)
        /// A literal; nothing is resolved.
        case address(IPAddress)
    }

    /// Why a text is no address of ours.
    public enum Fault: Error, Sendable, Equatable {
        /// Longer than 2,000 bytes, or not ASCII without spaces and controls.
        case malformed
        /// Neither `http` nor `https`.
        case unsupportedScheme
        /// `user@` or `user:password@` before the host.
        case userInfo
        /// `#…` at the end.
        case fragment
        /// The host is neither a name nor an IP literal.
        case host
        /// The port is no decimal number from 1 to 65535.
        case port
        /// Path or query have characters that must be percent-encoded.
        case target
    }

    /// The protocol.
    public let scheme: Scheme
    /// Whom to reach.
    public let host: Host
    /// The port, the scheme's own where none was named.
    public let port: UInt16
    /// Path and query, as they travel in the request line; `/` where there is no path.
    public let target: String

    /// Reads `text`.
    public init(_ text: String) throws(Fault) {
        guard text.utf8.count <= 2000, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            let separator = text.firstRange(of: "://")
        else { throw .malformed }
        guard let scheme = Scheme(rawValue: text[..<separator.lowerBound].lowercased()) else {
            throw .unsupportedScheme
        }
        let rest = text[separator.upperBound...]
        guard !rest.utf8.contains(UInt8(ascii: "#")) else { throw .fragment }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "\\" } ?? rest.endIndex
        let authority = rest[..<end]
        guard !authority.utf8.contains(UInt8(ascii: "@")) else { throw .userInfo }
        let (hostText, portText) = try Self.split(authority)
        self.scheme = scheme
        host = try Self.host(hostText)
        port = try Self.port(portText) ?? (scheme == .https ? 443 : 80)
        let path = rest[end...]
        target = path.hasPrefix("/") ? String(path) : "/" + path
        // The writer's own grammar decides, so that what was registered can also be sent.
        guard RequestWriter.bytes(.get, target: target, host: authorityText) != nil else { throw .target }
    }

    /// The host without brackets, as certificates and resolvers know it.
    public var hostText: String {
        switch host {
        case .name(let name): name
        case .address(let address): address.description
        }
    }

    /// The value of `Host`: the port stands there only where it is not the scheme's own.
    public var authorityText: String {
        var text = hostText
        if case .address(let address) = host, !address.isV4 { text = "[\(text)]" }
        return port == (scheme == .https ? 443 : 80) ? text : "\(text):\(port)"
    }

    private static func split(_ authority: Substring) throws(Fault) -> (host: Substring, port: Substring?) {
        let hostEnd: String.Index
        if authority.hasPrefix("[") {
            guard let bracket = authority.firstIndex(of: "]") else { throw .host }
            hostEnd = authority.index(after: bracket)
        } else {
            hostEnd = authority.firstIndex(of: ":") ?? authority.endIndex
        }
        guard hostEnd < authority.endIndex else { return (authority, nil) }
        guard authority[hostEnd] == ":" else { throw .host }
        return (authority[..<hostEnd], authority[authority.index(after: hostEnd)...])
    }

    private static func port(_ text: Substring?) throws(Fault) -> UInt16? {
        guard let text else { return nil }
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy(Grammar.isDigit),
            let port = UInt16(text), port > 0
        else { throw .port }
        return port
    }

    private static func host(_ text: Substring) throws(Fault) -> Host {
        if text.hasPrefix("[") {
            guard let address = IPAddress(String(text.dropFirst().dropLast())), text.utf8.contains(UInt8(ascii: ":"))
            else { throw .host }
            return .address(address)
        }
        if let address = IPAddress(String(text)) { return .address(address) }
        guard let name = HostName(String(text)) else { throw .host }
        return .name(name.text)
    }
}
