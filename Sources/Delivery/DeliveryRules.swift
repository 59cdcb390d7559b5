internal import HTTP
internal import HTTPClient
internal import Provider

/// What the end of an attempt means for its delivery.
struct DeliveryRules {
    /// An endpoint may ask for more patience (`Retry-After`), but not for more than a day.
    private static let longestRetryAfter = 86_400

    let schedule: RetrySchedule
    /// Statuses after which there is no other attempt, with the reason. 410 (Gone) is Standard Webhooks'.
    var final: [Int: String] = [Status.gone.code: "the endpoint is gone for good"]

    /// Any 2xx is success, some statuses are final; everything else is tried again. A redirect is a failure like any
    /// other: nobody follows it.
    /// - Parameter attempts: those made, the present one included.
    func outcome(
        of result: Result<Response, FetchError>, attempts: Int, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) -> DeliveryOutcome {
        switch result {
        case .success(let response):
            let status = response.status.code
            if (200..<300).contains(status) { return .delivered(status: status) }
            if let reason = final[status] { return .dead(status: status, reason: reason) }
            let reason = (300..<400).contains(status) ? "a redirect, which is not followed" : "status \(status)"
            return failure(
                status: status, reason: reason, attempts: attempts, noEarlierThan: retryAfter(response), at: now,
                using: &random)
        case .failure(let error):
            return failure(
                status: nil, reason: error.description, attempts: attempts, noEarlierThan: 0, at: now, using: &random)
        }
    }

    /// Another attempt after the pause that is due now, or none.
    /// - Parameter seconds: the least pause.
    func failure(
        status: Int?, reason: String, attempts: Int, noEarlierThan seconds: Int, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) -> DeliveryOutcome {
        guard let pause = schedule.pause(after: attempts, using: &random) else {
            return .dead(status: status, reason: "\(reason); attempt \(attempts) was the last")
        }
        let milliseconds = max(Int64(pause / .milliseconds(1)), Int64(seconds) * 1000)
        return .retry(
            at: Instant(milliseconds: now.milliseconds + milliseconds), status: status, reason: reason)
    }

    /// `Retry-After` in seconds (RFC 9110 §10.2.3) of 429 and 503; dates are not looked at.
    private func retryAfter(_ response: Response) -> Int {
        guard [Status.tooManyRequests, .serviceUnavailable].contains(response.status),
            let text = response.headers[first: "retry-after"], text.utf8.allSatisfy(Grammar.isDigit)
        else { return 0 }
        return min(Int(text) ?? (text.isEmpty ? 0 : Self.longestRetryAfter), Self.longestRetryAfter)
    }
}
