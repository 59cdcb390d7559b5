internal import Crypto
internal import HTTP
internal import Provider

/// The symmetric scheme `v1` of Standard Webhooks: `base64(HMAC-SHA256(secret, id.timestamp.body))`, told in headers.
///
/// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
struct WebhookSignature {
    /// What `whsec_…` spells in base64.
    let secret: SymmetricKey

    /// The headers of one attempt.
    /// - Parameters:
    ///   - id: of the message, the same in every attempt: what receivers recognize a repetition by.
    ///   - time: of this attempt, so that receivers can refuse old ones.
    func headers(id: String, at time: Instant, body: [UInt8]) -> Headers {
        let timestamp = String(time.seconds)
        let code = HMACSHA256.code(for: Array("\(id).\(timestamp).".utf8), body, key: secret)
        return [
            "webhook-id": id, "webhook-timestamp": timestamp,
            "webhook-signature": "v1," + StandardBase64.encode(code),
        ]
    }
}
