internal import Glibc
internal import HTTP

/// Where a server listens: `host:port` or `[v6]:port`.
public struct ListenAddress: Sendable, Equatable, LosslessStringConvertible {
    /// An IP literal without brackets, or a name.
    public let host: String
    /// 0 lets the system choose.
    public let port: UInt16

    /// Nil unless `text` is `host:port` with an IPv6 host in brackets and a decimal port.
    public init?(_ text: String) {
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
        let digits = text[text.utf8.index(after: colon)...]
        guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = UInt16(digits)
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("[") {
            guard host.hasSuffix("]"), let address = IPAddress(String(host.dropFirst().dropLast())), !address.isV4
            else {
                return nil
            }
            host = host.dropFirst().dropLast()
        } else {
            let isName = host.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF) || byte == 0x2E || byte == 0x2D
            }
            guard !host.isEmpty, isName else { return nil }
        }
        self.host = String(host)
        self.port = port
    }

    /// An address put together by hand.
    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// `host:port` or `[v6]:port`.
    public var description: String {
        host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

/// Why a server could not listen.
public enum ListenError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The name of the address could not be resolved.
    case unresolvable(ListenAddress, reason: String)
    /// The kernel refused: another process holds the port, or there is no right to it.
    case refused(ListenAddress, reason: String)

    /// One sentence for the operator.
    public var description: String {
        switch self {
        case .unresolvable(let address, let reason): "\(address) cannot be listened on: \(reason)"
        case .refused(let address, let reason): "\(address) cannot be listened on: \(reason)"
        }
    }
}
