internal import Assembly
internal import Configuration
internal import Delivery
internal import EventLoop
internal import HTTPClient
internal import JOSE
internal import Provider
internal import TLS

/// What leaves later, from the outbox: events to the log, and to the webhooks that want them; logout tokens.
struct Correspondence: Sendable {
    private let dispatcher: WebhookDispatcher
    private let logouts: LogoutDispatcher
    private let eventLog: EventLog

    /// - Throws: `TLSContextError` when the system's certificate authorities cannot be read.
    init(_ provider: OpenIDProvider, egress: EgressGuard, on loop: Loop, log: Log) throws {
        // Names are resolved apart from everything else: a slow resolver must not keep the database from reconnecting.
        let lane = Lane(name: "resolve", threads: 2, capacity: 2)
        let fetcher = Fetcher(on: loop, lane: lane, egress: egress, trust: try TLSClientContext())
        dispatcher = WebhookDispatcher(
            on: loop, store: provider.stores.webhooks, fetcher: fetcher, master: provider.master,
            source: provider.settings.issuer, now: provider.surroundings.now,
            report: { Self.note($0, in: log) })
        logouts = LogoutDispatcher(on: loop, provider: provider, fetcher: fetcher, report: { Self.note($0, in: log) })
        eventLog = EventLog(
            on: loop, store: provider.stores.events,
            failed: { error in
                log.write(.warning, "events cannot be read", [("detail", .string(Sentence.about(error)))])
            },
            sink: { event in
                log.write(.info) { line in
                    line.object { line in
                        line.member("time", SystemClock.now.rfc3339)
                        line.member("level", LogLevel.info.rawValue)
                        line.member("message", "event")
                        line.member("event") { event.writeCloudEvent(source: provider.settings.issuer, to: &$0) }
                    }
                }
            })
    }

    /// Begins to work.
    func start() {
        dispatcher.start()
        logouts.start()
        eventLog.start()
    }

    /// Lets the deliveries that run come to their end.
    func stop() async {
        async let webhooks: Void = dispatcher.stop()
        await logouts.stop()
        await webhooks
    }

    private static func note(_ report: WebhookDispatcher.Report, in log: Log) {
        switch report {
        case .attempted(let due, let outcome):
            let members: [(name: String, value: JSON)] = [
                ("webhookId", .string(due.webhook.id)), ("eventId", .string(due.delivery.event.id)),
                ("attempt", .integer(Int64(due.delivery.attempts))),
            ]
            switch outcome {
            case .delivered: log.write(.info, "webhook delivered", members + Self.members(of: outcome))
            case .retry: log.write(.warning, "webhook failed", members + Self.members(of: outcome))
            case .dead: log.write(.error, "webhook given up", members + Self.members(of: outcome))
            }
        case .storeFailed(let error):
            log.write(.warning, "webhooks cannot be looked after", [("detail", .string(Sentence.about(error)))])
        }
    }

    private static func note(_ report: LogoutDispatcher.Report, in log: Log) {
        switch report {
        case .attempted(let due, let outcome):
            let members: [(name: String, value: JSON)] = [
                ("clientId", .string(due.notice.clientID.text)), ("sessionId", .string(due.notice.sessionID.text)),
                ("attempt", .integer(Int64(due.attempts))),
            ]
            switch outcome {
            case .delivered: log.write(.info, "logout delivered", members + Self.members(of: outcome))
            case .retry: log.write(.warning, "logout failed", members + Self.members(of: outcome))
            case .dead: log.write(.error, "logout given up", members + Self.members(of: outcome))
            }
        case .storeFailed(let error):
            log.write(.warning, "logouts cannot be told", [("detail", .string(Sentence.about(error)))])
        }
    }

    private static func members(of outcome: DeliveryOutcome) -> [(name: String, value: JSON)] {
        switch outcome {
        case .delivered(let status): [("status", .integer(Int64(status)))]
        case .retry(let time, _, let reason):
            [("reason", .string(reason)), ("nextAttemptAt", .string(time.rfc3339))]
        case .dead(_, let reason): [("reason", .string(reason))]
        }
    }
}
