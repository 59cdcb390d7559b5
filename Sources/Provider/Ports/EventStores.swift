public import JOSE

/// The outbox: what happened, in the order in which it became visible.
public protocol EventStore: Sendable {
    /// Writes events that belong to no other change (a failed login).
    func append(_ record: Record) async throws(OAuthError)
    /// Events after `cursor` in their final order. The cursor never passes an event that a slower transaction may
    /// still bring (`pg_snapshot_xmin`), so nobody who pulls misses one.
    ///
    /// - Parameter types: CloudEvents types, `oauth2.*` for all of a kind; `*` or none for all.
    func events(after cursor: String?, types: [String], limit: Int) async throws(OAuthError) -> Page<StoredEvent>
    /// A cursor after all events that are visible now, for who is interested only in what comes.
    func endOfEvents() async throws(OAuthError) -> String
}

/// An event as it was written.
public struct StoredEvent: Sendable, Equatable {
    /// CloudEvents `id`.
    public var id: String
    /// Its place in the order: what `after` takes.
    public var cursor: String
    /// CloudEvents `type`.
    public var type: String
    /// CloudEvents `subject`.
    public var subject: String?
    /// When it happened.
    public var time: Instant
    /// CloudEvents `data`, as JSON text: whoever passes it on has no need to take it apart.
    public var data: [UInt8]

    /// An event as it was written.
    public init(id: String, cursor: String, type: String, subject: String?, time: Instant, data: [UInt8]) {
        self.id = id
        self.cursor = cursor
        self.type = type
        self.subject = subject
        self.time = time
        self.data = data
    }

    /// Writes the event as CloudEvents 1.0 JSON; `source` is the issuer.
    public func writeCloudEvent(source: String, to writer: inout JSONWriter) {
        writer.object { members in
            members.member("specversion", "1.0")
            members.member("id", id)
            members.member("source", source)
            members.member("type", type)
            members.member("subject", ifPresent: subject)
            members.member("time", time.rfc3339)
            members.member("datacontenttype", "application/json")
            members.member("data", raw: data)
        }
    }

    /// The same as a value.
    public func cloudEvent(source: String) -> JSON {
        var writer = JSONWriter()
        writeCloudEvent(source: source, to: &writer)
        return (try? JSON.parse(writer.bytes)) ?? .null
    }
}

/// Endpoints that are told of events, and how far each has got.
public protocol WebhookStore: Sendable {
    /// Registers an endpoint; events from here on are for it.
    func create(_ webhook: Webhook, _ record: Record) async throws(OAuthError)
    /// Endpoints by age, oldest first; only those that are told of all events of a type (or kind: `oauth2.*`), if it is
    /// not nil.
    func webhooks(toldOf type: String?, _ page: PageRequest) async throws(OAuthError) -> Page<Webhook>
    /// The endpoint of this id.
    func webhook(_ id: String) async throws(OAuthError) -> Webhook?
    /// Removes an endpoint: no delivery to it begins any more. False when there is none.
    func delete(_ id: String, _ record: Record) async throws(OAuthError) -> Bool
    /// Deliveries of one endpoint, newest first.
    func deliveries(of id: String, _ page: PageRequest) async throws(OAuthError) -> Page<WebhookDelivery>
    /// Queues the events of a span of time for this endpoint again, in their order; answers how many.
    func replay(_ id: String, from: Instant, to: Instant, at now: Instant) async throws(OAuthError) -> Int

    /// Moves up to `limit` new events into the delivery queue of each endpoint that wants them.
    func enqueue(limit: Int, at now: Instant) async throws(OAuthError) -> Int
    /// Takes, for up to `limit` endpoints that nobody else is serving, the oldest delivery that is due, and holds each
    /// endpoint until `leaseEndsAt`. One delivery an endpoint keeps the order. The attempt counts as it begins, so the
    /// `attempts` of what is answered include it.
    func take(limit: Int, leaseEndsAt: Instant, at now: Instant) async throws(OAuthError) -> [DueDelivery]
    /// Writes how an attempt ended and releases the endpoint.
    func settle(_ delivery: DueDelivery, _ outcome: DeliveryOutcome, at now: Instant) async throws(OAuthError)
    /// Deliveries that wait, and the age in seconds of the oldest: for `/metrics`.
    func lag(at now: Instant) async throws(OAuthError) -> (waiting: Int, oldestSeconds: Int)
}

/// An endpoint that wants to be told.
public struct Webhook: Sendable, Equatable {
    /// Its name in the API.
    public var id: String
    /// Where deliveries go: https, or what the egress rules allow.
    public var url: String
    /// CloudEvents types, with `oauth2.*` for all of a kind and `*` for all.
    public var types: [String]
    /// The operator's note.
    public var description: String?
    /// The Standard Webhooks secret, sealed: it must be readable to sign with.
    public var sealedSecret: [UInt8]
    /// When it was registered.
    public var createdAt: Instant
    /// An endpoint as it is stored.
    public init(
        id: String, url: String, types: [String], description: String?, sealedSecret: [UInt8], createdAt: Instant
    ) {
        self.id = id
        self.url = url
        self.types = types
        self.description = description
        self.sealedSecret = sealedSecret
        self.createdAt = createdAt
    }
}

/// One event on its way to one endpoint.
public struct WebhookDelivery: Sendable, Equatable {
    /// Waiting (again), there, or given up: a dead letter.
    public enum State: String, Sendable { case pending, delivered, dead }
    /// Its name in the API.
    public var id: String
    /// What is delivered.
    public var event: StoredEvent
    /// Where it stands.
    public var state: State
    /// Tries so far.
    public var attempts: Int
    /// When the next try is due; nil when there is none.
    public var nextAttemptAt: Instant?
    /// HTTP status of the last answer.
    public var lastStatus: Int?
    /// Why the last attempt failed, in a word fit for the operator.
    public var lastError: String?
    /// When a try succeeded.
    public var deliveredAt: Instant?
    /// A delivery as it is stored.
    public init(
        id: String, event: StoredEvent, state: State, attempts: Int, nextAttemptAt: Instant?, lastStatus: Int?,
        lastError: String?, deliveredAt: Instant?
    ) {
        self.id = id
        self.event = event
        self.state = state
        self.attempts = attempts
        self.nextAttemptAt = nextAttemptAt
        self.lastStatus = lastStatus
        self.lastError = lastError
        self.deliveredAt = deliveredAt
    }
}

/// A delivery that is to be tried now.
public struct DueDelivery: Sendable, Equatable {
    /// What is to be tried.
    public var delivery: WebhookDelivery
    /// Where it goes.
    public var webhook: Webhook
    /// A delivery to be tried.
    public init(delivery: WebhookDelivery, webhook: Webhook) {
        self.delivery = delivery
        self.webhook = webhook
    }
}

/// How an attempt ended.
public enum DeliveryOutcome: Sendable, Equatable {
    /// The receiver has it.
    case delivered(status: Int)
    /// It failed and is tried again; no status when there was no answer.
    case retry(at: Instant, status: Int?, reason: String)
    /// It failed for the last time: a dead letter.
    case dead(status: Int?, reason: String)
}
