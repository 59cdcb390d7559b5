import Synchronization

/// Counts requests by route and status, their durations, and tokens by grant type. Shared by all loops, each of which
/// counts in a place of its own.
public final class RequestMetrics: Sendable {
    private struct Key: Hashable {
        var route: String
        var method: String
        var status: Int
    }

    /// Durations of one route. The last bucket is `+Inf`.
    private struct Histogram {
        static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, .infinity]
        var counts = [Int](repeating: 0, count: bounds.count)
        var sum = 0.0

        mutating func add(_ seconds: Double) {
            counts[Self.bounds.firstIndex { seconds <= $0 } ?? counts.count - 1] += 1
            sum += seconds
        }

        func adding(_ other: Histogram) -> Histogram {
            Histogram(counts: zip(counts, other.counts).map { $0 + $1 }, sum: sum + other.sum)
        }
    }

    private struct Counters {
        var requests: [Key: Int] = [:]
        var durations: [String: Histogram] = [:]
        var tokens: [String: Int] = [:]

        mutating func add(_ other: Counters) {
            requests.merge(other.requests, uniquingKeysWith: +)
            durations.merge(other.durations) { $0.adding($1) }
            tokens.merge(other.tokens, uniquingKeysWith: +)
        }
    }

    private final class Place: Sendable {
        let counters = Mutex(Counters())
    }

    private let places = (0..<16).map { _ in Place() }

    /// Everything at zero.
    public init() {}

    /// Counts one request.
    /// - Parameter seat: a number of the loop that answered it.
    public func note(_ observation: Observation, seat: Int) {
        let key = Key(route: observation.route, method: observation.method, status: observation.status)
        places[seat % places.count].counters.withLock { counters in
            counters.requests[key, default: 0] += 1
            counters.durations[observation.route, default: Histogram()].add(observation.seconds)
            if let grantType = observation.grantType, observation.status == 200 {
                counters.tokens[grantType, default: 0] += 1
            }
        }
    }

    /// What `/metrics` shows of it.
    public var families: [MetricFamily] {
        var counters = Counters()
        for place in places { counters.add(place.counters.withLock { $0 }) }
        let requests = counters.requests.sorted { ($0.key.route, $0.key.status) < ($1.key.route, $1.key.status) }
        return [
            MetricFamily(
                "martlet_http_requests_total", .counter, help: "Requests by route, method and status.",
                requests.map { key, count in
                    MetricFamily.Sample(
                        Double(count),
                        labels: [("route", key.route), ("method", key.method), ("status", String(key.status))])
                }),
            MetricFamily(
                "martlet_http_request_duration_seconds", .histogram,
                help: "Time from the whole request to the whole answer, by route.",
                counters.durations.sorted { $0.key < $1.key }.flatMap(Self.samples)),
            MetricFamily(
                "martlet_token_responses_total", .counter, help: "Successful token responses by grant type.",
                counters.tokens.sorted { $0.key < $1.key }.map { grantType, count in
                    MetricFamily.Sample(Double(count), labels: [("grant_type", grantType)])
                }),
        ]
    }

    private static func samples(_ route: String, _ histogram: Histogram) -> [MetricFamily.Sample] {
        var total = 0
        var samples: [MetricFamily.Sample] = []
        for (bound, count) in zip(Histogram.bounds, histogram.counts) {
            total += count
            let label = bound == .infinity ? "+Inf" : String(bound)
            samples.append(
                .init(suffix: "_bucket", labels: [("route", route), ("le", label)], value: Double(total)))
        }
        samples.append(.init(suffix: "_sum", labels: [("route", route)], value: histogram.sum))
        samples.append(.init(suffix: "_count", labels: [("route", route)], value: Double(total)))
        return samples
    }
}
