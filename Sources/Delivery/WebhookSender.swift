internal import Crypto
internal import HTTP
internal import HTTPClient
internal import JOSE
internal import Provider

/// The deliveries to webhooks.
struct WebhookQueue: DeliveryQueue {
    let store: any WebhookStore
    let sender: WebhookSender
    /// How many events are moved into the queues in one statement.
    let batch: Int

    func gather(at now: Instant) async throws(OAuthError) -> Bool {
        try await store.enqueue(limit: batch, at: now) == batch
    }

    func take(limit: Int, leaseEndsAt: Instant, at now: Instant) async throws(OAuthError) -> [DueDelivery] {
        try await store.take(limit: limit, leaseEndsAt: leaseEndsAt, at: now)
    }

    func attempt(_ due: DueDelivery) async -> DeliveryOutcome? { await sender.attempt(due) }

    func settle(_ due: DueDelivery, _ outcome: DeliveryOutcome, at now: Instant) async throws(OAuthError) {
        try await store.settle(due, outcome, at: now)
    }
}

/// Makes one attempt at one delivery: CloudEvents 1.0 in structured mode, signed afresh, through the guarded fetcher.
struct WebhookSender: Sendable {
    let courier: Courier
    let master: MasterKey
    /// CloudEvents `source`: the issuer.
    let source: String

    func attempt(_ due: DueDelivery) async -> DeliveryOutcome? {
        let attempts = due.delivery.attempts
        guard let request = request(for: due) else {
            return courier.failure("its address or secret cannot be read", attempts: attempts)
        }
        return await courier.send(request, attempts: attempts)
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
        var headers = WebhookSignature(secret: secret).headers(
            id: due.delivery.event.id, at: courier.now(), body: body)
        headers.set("content-type", "application/cloudevents+json")
        headers.set("user-agent", "Martlet")
        return OutboundRequest(.post, url, headers: headers, body: body)
    }
}
