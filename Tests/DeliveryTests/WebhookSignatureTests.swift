import Crypto
import HTTP
import Provider
import Testing

@testable import Delivery

@Suite("Standard Webhooks: the signature scheme v1")
struct WebhookSignatureTests {
    /// The example of the specification's own libraries, `whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw`. HMAC fills a short
    /// key with zeros (RFC 2104 §2), so the 24 bytes make a key of 32.
    private static let secret: [UInt8] =
        [
            0x31, 0xF2, 0x90, 0xF6, 0xBF, 0x06, 0x29, 0x8A, 0xAB, 0x4F, 0x08, 0xD4, 0x3C, 0x3F, 0x08, 0x2C, 0xF6, 0x48,
            0xA3, 0x62, 0xDA, 0x2D, 0xA4, 0xB0,
        ] + [UInt8](repeating: 0, count: 8)

    private func headers(id: String, at time: Instant, body: String) throws -> Headers {
        let secret = try #require(SymmetricKey(bytes: Self.secret))
        return WebhookSignature(secret: secret).headers(id: id, at: time, body: Array(body.utf8))
    }

    @Test("the published example")
    func example() throws {
        let headers = try headers(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", at: Instant(seconds: 1_614_265_330), body: #"{"test": 2432232314}"#)
        #expect(headers[first: "webhook-id"] == "msg_p5jXN8AQM9LWM0D4loKWxJek")
        #expect(headers[first: "webhook-timestamp"] == "1614265330")
        #expect(headers[first: "webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test("id, second and body are each signed")
    func bound() throws {
        let signature = { (headers: Headers) in headers[first: "webhook-signature"] }
        let time = Instant(seconds: 1_800_000_000)
        let one = signature(try headers(id: "7", at: time, body: "{}"))
        #expect(one != signature(try headers(id: "8", at: time, body: "{}")))
        #expect(one != signature(try headers(id: "7", at: time + 1, body: "{}")))
        #expect(one != signature(try headers(id: "7", at: time, body: "{ }")))
        #expect(one == signature(try headers(id: "7", at: Instant(milliseconds: time.milliseconds + 999), body: "{}")))
    }
}
