internal import Crypto
internal import HTTP
internal import HTTPClient
internal import JOSE
internal import Provider

/// Makes one attempt at one delivery: CloudEvents 1.0 in structured mode, signed afresh, through the guarded fetcher.
struct WebhookSender: Sendable {
    let fetcher: Fetcher
    let master: MasterKey
    /// CloudEvents `source`: the issuer.
    let source: String
    let rules: DeliveryRules
    let now: @Sendable () -> Instant

    /// How the attempt ended; nil when it was cancelled, which says nothing about the endpoint.
    func attempt(_ due: DueDelivery) async -> DeliveryOutcome? {
        var random = SystemRandomNumberGenerator()
        let attempts = due.delivery.attempts
        guard let request = request(for: due) else {
            return rules.failure(
                status: nil, reason: "its address or secret cannot be read", attempts: attempts, noEarlierThan: 0,
                at: now(), using: &random)
        }
        let result: Result<Response, FetchError>
        do {
            result = .success(try await fetcher.fetch(request))
        } catch {
            if error == .cancelled { return nil }
            result = .failure(error)
        }
        return rules.outcome(of: result, attempts: attempts, at: now(), using: &random)
    }

    /// Nil when the secret was sealed under another master key, or the address is none.
    private func request(for due: DueDelivery) -> OutboundRequest? {
        let webhook = due.webhook
        guard let url = try? OutboundURL(webhook.url),
            let opened = master.open(webhook.sealedSecret, context: Webhook.sealContext(webhook.id)),
            let secret = SymmetricKey(bytes: opened)
        else { return nil }
        var writer = JSONWriter()
        due.delivery.event.writeCloudEvent(source: source, to: &writer)
        let body = writer.bytes
        var headers = WebhookSignature(secret: secret).headers(id: due.delivery.event.id, at: now(), body: body)
        headers.set("content-type", "application/cloudevents+json")
        headers.set("user-agent", "Martlet")
        return OutboundRequest(.post, url, headers: headers, body: body)
    }
}
