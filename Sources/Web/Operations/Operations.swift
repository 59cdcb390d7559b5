import HTTP
import JOSE
import Provider

/// What operators watch: `/health/live`, `/health/ready`, `/metrics`. The composition root supplies what they tell.
public struct Operations: Sendable {
    /// One condition of being ready.
    public struct Check: Sendable {
        /// What is checked, such as `database`.
        public let name: String
        /// Why it fails, fit for anybody to read; nil when it holds.
        public let problem: String?

        /// The outcome of a check.
        public init(_ name: String, problem: String? = nil) {
            self.name = name
            self.problem = problem
        }
    }

    private let ready: @Sendable () async -> [Check]
    private let metrics: @Sendable () async -> [MetricFamily]

    /// - Parameters:
    ///   - ready: whether requests can be served: database, migrations, a signing key, partitions ahead.
    ///   - metrics: everything that `/metrics` shows.
    public init(
        ready: @escaping @Sendable () async -> [Check], metrics: @escaping @Sendable () async -> [MetricFamily]
    ) {
        self.ready = ready
        self.metrics = metrics
    }

    /// Whether the process answers at all.
    func live(_ exchange: Exchange) async throws(OAuthError) -> Response { .json(["status": "up"]) }

    /// Whether it can serve: 503 says which check fails.
    func readiness(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let checks = await ready()
        let isReady = checks.allSatisfy { $0.problem == nil }
        let members = checks.map { (name: $0.name, value: JSON.string($0.problem ?? "up")) }
        return .json(
            ["status": .string(isReady ? "up" : "down"), "checks": .object(JSONObject(members))],
            status: isReady ? .ok : .serviceUnavailable)
    }

    /// Everything counted, in the Prometheus text format 0.0.4.
    func metrics(_ exchange: Exchange) async throws(OAuthError) -> Response {
        var text = ""
        for family in await metrics() { family.write(to: &text) }
        return Response(
            status: .ok,
            headers: ["Content-Type": "text/plain; version=0.0.4; charset=utf-8", "Cache-Control": "no-store"],
            body: Array(text.utf8))
    }
}
