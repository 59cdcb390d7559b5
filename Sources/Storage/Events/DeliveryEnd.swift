internal import Provider

/// What a row keeps of the end of an attempt.
struct DeliveryEnd {
    var state = WebhookDelivery.State.delivered
    /// Nil when there is no other attempt.
    var nextAttemptAt: Instant?
    var deliveredAt: Instant?
    var status: Int?
    var reason: String?

    init(_ outcome: DeliveryOutcome, at now: Instant) {
        switch outcome {
        case .delivered(let answer): (status, deliveredAt) = (answer, now)
        case .retry(let moment, let answer, let problem):
            (state, nextAttemptAt, status, reason) = (.pending, moment, answer, problem)
        case .dead(let answer, let problem): (state, status, reason) = (.dead, answer, problem)
        }
    }
}
