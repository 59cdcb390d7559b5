internal import HTTPClient
internal import Provider

/// The fetcher's own rule, asked already when an address is registered.
struct EgressPolicy: EgressRules {
    let `guard`: EgressGuard

    func refusal(of url: String) -> String? { `guard`.verdict(for: url)?.description }
}
