import Crypto
import Provider

extension World {
    /// The successor as the provider computes it; the store only ever sees its hash.
    func successor(of token: OpaqueToken, seed: [UInt8]) -> OpaqueToken {
        OpaqueToken(.refreshToken, bucket: token.bucket, secret: HMACSHA256.code(for: seed, secret: token.text))
    }

    /// A rotation with a seed of its own.
    func rotation(
        of token: OpaqueToken, _ grant: Grant, at moment: Instant? = nil, grace: Int = 10
    ) -> RefreshRotation {
        let (seed, moment) = (bytes(), moment ?? now)
        return RefreshRotation(
            presented: token, client: grant.clientID, seed: seed,
            successorHash: successor(of: token, seed: seed).hash, idleExpiresAt: moment + 3600,
            graceEndsAt: moment + grace, now: moment)
    }
}

/// The seed that a refresh was answered with; nil when it was refused or is not rotated.
func standingSeed(_ outcome: RefreshOutcome) -> [UInt8]? {
    if case .refreshed(let seed, _, _, _) = outcome { seed } else { nil }
}
