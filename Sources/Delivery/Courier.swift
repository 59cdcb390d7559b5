internal import HTTP
internal import HTTPClient
internal import Provider

/// Sends one request through the guarded fetcher and says what its end means for the delivery.
struct Courier: Sendable {
    let fetcher: Fetcher
    let rules: DeliveryRules
    let now: @Sendable () -> Instant

    /// How the attempt ended; nil when it was cancelled, which says nothing about the receiver.
    /// - Parameter attempts: those made, this one included.
    func send(_ request: OutboundRequest, attempts: Int) async -> DeliveryOutcome? {
        var random = SystemRandomNumberGenerator()
        let result: Result<Response, FetchError>
        do {
            result = .success(try await fetcher.fetch(request))
        } catch {
            if error == .cancelled { return nil }
            result = .failure(error)
        }
        return rules.outcome(of: result, attempts: attempts, at: now(), using: &random)
    }

    /// How an attempt ended for which there was nothing to send.
    func failure(_ reason: String, attempts: Int) -> DeliveryOutcome {
        var random = SystemRandomNumberGenerator()
        return rules.failure(
            status: nil, reason: reason, attempts: attempts, noEarlierThan: 0, at: now(), using: &random)
    }
}
