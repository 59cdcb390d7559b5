import Crypto
import JOSE

/// A secret that Martlet made and only its holder knows: `mlt_<kind>_<bucket><43 base64url characters>`.
///
/// The prefix is fixed so that secret scanners find leaked ones. The bucket names the partition of the row; because the
/// stored hash covers the whole text, equal hash means equal bucket, and a forged bucket finds nothing. Each kind has a
/// table of its own, so a value of one kind can never pass as another.
public struct OpaqueToken: Sendable, Hashable {
    /// What the secret is for.
    public enum Kind: String, Sendable, CaseIterable {
        case authorizationCode = "mlt_ac_"
        case refreshToken = "mlt_rt_"
        case session = "mlt_ss_"
        case parkedRequest = "mlt_ar_"
        case deviceCode = "mlt_dc_"
        case passwordReset = "mlt_pr_"
        case emailVerification = "mlt_ev_"
        case applicationLink = "mlt_al_"
    }

    /// What the secret is for.
    public let kind: Kind
    /// The partition of its row.
    public let bucket: Bucket
    /// The whole secret. Never logged, never stored.
    public let text: String

    /// Characters of 256 bits in base64url.
    private static let secretLength = 43

    /// The secret with these 32 random bytes.
    public init(_ kind: Kind, bucket: Bucket, secret: [UInt8]) {
        self.kind = kind
        self.bucket = bucket
        self.text = "\(kind.rawValue)\(bucket.value)\(Base64URL.encode(secret))"
    }

    /// The secret as somebody presented it; nil when it cannot be one of this kind.
    public init?(_ kind: Kind, presented text: String) {
        guard text.utf8.count <= 64, text.hasPrefix(kind.rawValue) else { return nil }
        let rest = text.dropFirst(kind.rawValue.utf8.count)
        guard rest.utf8.count > Self.secretLength, let bucket = Bucket(text: rest.dropLast(Self.secretLength)),
            Base64URL.decode(String(rest.suffix(Self.secretLength)))?.count == 32
        else { return nil }
        self.kind = kind
        self.bucket = bucket
        self.text = text
    }

    /// What the store keeps: SHA-256 of the whole text.
    public var hash: [UInt8] { SHA256.hash(Array(text.utf8)) }
}
