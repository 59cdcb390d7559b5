import Testing

@testable import Web

@Suite("Metrics in the Prometheus text format")
struct MetricsTests {
    private func observation(_ route: String, _ status: Int, _ duration: Duration, grantType: String? = nil)
        -> Observation
    {
        Observation(
            route: route, method: "POST", status: status, duration: duration, requestID: "r", address: "127.0.0.1",
            claimedClient: nil, grantType: grantType, error: nil)
    }

    private func text(_ families: [MetricFamily]) -> String {
        families.reduce(into: "") { $1.write(to: &$0) }
    }

    @Test("Requests are counted by route and status, with a cumulative histogram")
    func requests() {
        let metrics = RequestMetrics()
        metrics.note(observation("/token", 200, .milliseconds(2), grantType: "refresh_token"), seat: 0)
        metrics.note(observation("/token", 200, .milliseconds(30), grantType: "refresh_token"), seat: 1)
        metrics.note(observation("/token", 400, .seconds(60), grantType: "refresh_token"), seat: 0)
        let text = text(metrics.families)
        #expect(text.contains("martlet_http_requests_total{route=\"/token\",method=\"POST\",status=\"200\"} 2\n"))
        #expect(text.contains("martlet_http_requests_total{route=\"/token\",method=\"POST\",status=\"400\"} 1\n"))
        #expect(text.contains("seconds_bucket{route=\"/token\",le=\"0.001\"} 0\n"))
        #expect(text.contains("seconds_bucket{route=\"/token\",le=\"0.0025\"} 1\n"))
        #expect(text.contains("seconds_bucket{route=\"/token\",le=\"10.0\"} 2\n"))
        #expect(text.contains("seconds_bucket{route=\"/token\",le=\"+Inf\"} 3\n"))
        #expect(text.contains("seconds_count{route=\"/token\"} 3\n"))
        #expect(text.contains("martlet_token_responses_total{grant_type=\"refresh_token\"} 2\n"))
    }

    @Test("Label values are escaped")
    func escaping() {
        let family = MetricFamily("m", .gauge, help: "a\\b\nc", [.init(1.5, labels: [("l", "\"\\\n")])])
        #expect(text([family]) == "# HELP m a\\\\b\\nc\n# TYPE m gauge\nm{l=\"\\\"\\\\\\n\"} 1.5\n")
    }
}
