public import HTTP

/// Why a request may not leave. The description names no value, so it can be shown to who registered the address.
public enum EgressRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    /// The text is no address that requests can be sent to.
    case malformed(OutboundURL.Fault)
    /// Only https may leave, unless the operator allows the host.
    case plainHTTP
    /// The host is, or leads only to, an address of this machine or of a private or reserved network.
    case notPublic(IPAddress)

    /// ASCII words for an error description.
    public var description: String {
        switch self {
        case .malformed(.malformed): "is not an absolute URL"
        case .malformed(.unsupportedScheme): "must use https"
        case .malformed(.userInfo): "must not have user information"
        case .malformed(.fragment): "must not have a fragment"
        case .malformed(.host): "must name a host or an IP address in its plain form"
        case .malformed(.port): "has a malformed port"
        case .malformed(.target): "has a malformed path or query"
        case .plainHTTP: "must use https"
        case .notPublic: "leads to an address that is not public"
        }
    }
}

/// The one rule on what may leave the server: https to public addresses, and what the operator allows beyond.
///
/// It is asked twice: when an address is registered, by its text alone, and when a connection is about to be made, for
/// the very address that is then connected to. What a name meant in between, or means the next moment, is irrelevant.
public struct EgressGuard: Sendable {
    private let allowance: EgressAllowance

    /// A guard with an operator's exceptions.
    public init(allowing allowance: EgressAllowance = EgressAllowance()) {
        self.allowance = allowance
    }

    /// Whether `text` could be sent to, as far as it shows without resolving names.
    /// - Returns: nil when nothing speaks against it.
    public func verdict(for text: String) -> EgressRefusal? {
        do {
            return verdict(for: try OutboundURL(text))
        } catch {
            return .malformed(error)
        }
    }

    /// Whether `url` could be sent to, as far as it shows without resolving names.
    /// - Returns: nil when nothing speaks against it.
    public func verdict(for url: OutboundURL) -> EgressRefusal? {
        switch url.host {
        case .address(let address):
            return verdict(on: address, for: url)
        case .name(let text):
            guard let name = HostName(text) else { return .malformed(.host) }
            if allowance.allows(name) { return nil }
            if name.isLocalhost { return verdict(on: .loopback, for: url) }
            return url.scheme == .https || allowance.hasRanges ? nil : .plainHTTP
        }
    }

    /// Whether a connection to `address`, which `url` led to, may be made.
    /// - Returns: nil when it may.
    public func verdict(on address: IPAddress, for url: OutboundURL) -> EgressRefusal? {
        if case .name(let text) = url.host, let name = HostName(text), allowance.allows(name) { return nil }
        if allowance.allows(address) { return nil }
        guard address.isPublic else { return .notPublic(address) }
        return url.scheme == .https ? nil : .plainHTTP
    }
}
