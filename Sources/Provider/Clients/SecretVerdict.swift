extension ClientSecret {
    /// What an operator may do with a secret.
    enum Verdict: String {
        /// The one that has no end.
        case current
        /// Somebody still depends on it.
        case inUse = "in_use"
        /// Its users have moved on.
        case safeToRemove = "safe_to_remove"
    }

    /// The verdict on a secret, given the newer secrets of its client. An old one is safe to remove when it was never
    /// used, or when a newer one has been used since and the old one has been silent for three times its usual interval
    /// (five seconds at least): a busy service is judged in seconds, a nightly job after three nights.
    func verdict(newer: [ClientSecret], at now: Instant) -> Verdict {
        guard expiresAt != nil else { return .current }
        guard let lastUsedAt, useCount > 0 else { return .safeToRemove }
        guard newer.contains(where: { $0.lastUsedAt.map { $0 > lastUsedAt } ?? false }) else { return .inUse }
        let usualInterval = (lastUsedAt.milliseconds - createdAt.milliseconds) / useCount
        let silence = now.milliseconds - lastUsedAt.milliseconds
        return silence > max(5000, 3 * usualInterval) ? .safeToRemove : .inUse
    }
}
