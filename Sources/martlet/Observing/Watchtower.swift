internal import Postgres
internal import Provider
internal import Storage
internal import Web

/// What one loop tells at `/health/ready` and `/metrics`.
struct Watchtower: Sendable {
    let provider: OpenIDProvider
    let database: Database
    let serverLog: ServerLog
    let load: LoadMetrics

    var operations: Operations {
        Operations(ready: { await checks() }, metrics: { await families() })
    }

    /// The database in words that anybody may read; the reason stands in the log.
    private func checks() async -> [Operations.Check] {
        let problem = await StorageHealth(on: database).problem()
        let hasKey = !provider.keys.current.algorithms.isEmpty
        var (access, schema, horizon): (String?, String?, String?)
        switch problem {
        case .unreachable: access = "does not answer"
        case .pendingMigrations: schema = "older than the program"
        case .shortHorizon: horizon = "too short"
        case nil: break
        }
        return [
            .init("database", problem: access), .init("migrations", problem: schema),
            .init("partitions", problem: horizon),
            .init("signingKey", problem: hasKey ? nil : "there is none"),
        ]
    }

    private func families() async -> [MetricFamily] {
        var families = serverLog.families
        families += await load.families
        if let lag = try? await provider.stores.webhooks.lag(at: provider.surroundings.now()) {
            families += [
                MetricFamily(
                    "martlet_webhook_deliveries_waiting", .gauge, help: "Deliveries that wait.",
                    [.init(Double(lag.waiting))]),
                MetricFamily(
                    "martlet_webhook_lag_seconds", .gauge, help: "Age of the oldest delivery that waits.",
                    [.init(Double(lag.oldestSeconds))]),
            ]
        }
        if let mail = try? await provider.stores.mails.waiting(at: provider.surroundings.now()) {
            families += [
                MetricFamily("martlet_mails_waiting", .gauge, help: "Mails that wait.", [.init(Double(mail.count))]),
                MetricFamily(
                    "martlet_mail_lag_seconds", .gauge, help: "Age of the oldest mail that waits.",
                    [.init(Double(mail.oldestSeconds))]),
            ]
        }
        if let lag = try? await provider.stores.logouts.lag(at: provider.surroundings.now()) {
            families += [
                MetricFamily(
                    "martlet_logout_notices_waiting", .gauge, help: "Logout tokens that wait to be sent.",
                    [.init(Double(lag.waiting))]),
                MetricFamily(
                    "martlet_logout_lag_seconds", .gauge, help: "Age of the oldest session's end that is to be told.",
                    [.init(Double(lag.oldestSeconds))]),
            ]
        }
        return families
    }
}
