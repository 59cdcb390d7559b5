public import HTTPClient
public import Provider

/// The guard's rule, asked when an address is registered. The fetcher asks it again when it connects.
public struct GuardedEgress: EgressRules {
    private let egress: EgressGuard

    /// The rule of this guard, which should be the fetcher's own.
    public init(_ egress: EgressGuard) {
        self.egress = egress
    }

    /// What speaks against the URL, as far as it shows without resolving names.
    public func refusal(of url: String) -> String? {
        egress.verdict(for: url)?.description
    }
}
