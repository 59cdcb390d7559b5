internal import Assembly
internal import Configuration
internal import EventLoop
internal import HTTP
internal import HTTPServer
internal import JOSE
internal import Synchronization
internal import TLS
internal import Web

/// Hears of connections and requests: writes the log and keeps the counts.
final class ServerLog: ServerObserver {
    private struct Counts {
        var opened = 0
        var closed = 0
        var failed = 0
        var refused: [String: Int] = [:]
        var unread: [Int: Int] = [:]
    }

    private let log: Log
    private let requests = RequestMetrics()
    private let counts = Mutex(Counts())

    init(_ log: Log) { self.log = log }

    /// A request that a route answered.
    func note(_ observation: Observation) {
        requests.note(observation, seat: Loop.current?.number ?? 0)
        log.write(observation.status >= 500 ? .error : .info) { observation.write(at: SystemClock.now, to: &$0) }
    }

    func connectionOpened() { counts.withLock { $0.opened += 1 } }

    func connectionClosed() { counts.withLock { $0.closed += 1 } }

    func connectionRefused(_ reason: ConnectionRefusal) {
        let (word, address): (String, IPAddress?) =
            switch reason {
            case .tooMany: ("too_many", nil)
            case .tooManyFrom(let address): ("too_many_from_address", address)
            case .noDescriptors: ("no_descriptors", nil)
            }
        let count = counts.withLock { counts in
            counts.refused[word, default: 0] += 1
            return counts.refused[word, default: 0]
        }
        // The first, and then ever more rarely: whoever floods the server must not flood its log.
        guard count & (count - 1) == 0 else { return }
        var members: [(name: String, value: JSON)] = [("reason", .string(word)), ("count", .integer(Int64(count)))]
        if let address { members.append(("address", .string(address.description))) }
        log.write(.warning, "connections are being refused", members)
    }

    func connectionFailed(_ error: TLSError, peer: IPAddress) {
        counts.withLock { $0.failed += 1 }
        log.write(
            .debug, "a TLS connection failed",
            [("address", .string(peer.description)), ("detail", .string("\(error)"))])
    }

    /// Requests that were read have been noted by their route; here only those that could not be.
    func requestFinished(_ request: FinishedRequest) {
        guard request.target == nil, let status = request.status else { return }
        counts.withLock { $0.unread[status.code, default: 0] += 1 }
        log.write(
            .info, "a request was refused unread",
            [
                ("requestId", .string(request.id)), ("status", .integer(Int64(status.code))),
                ("address", .string(request.peer.description)),
            ])
    }

    /// What `/metrics` shows of it.
    var families: [MetricFamily] {
        let counts = counts.withLock { $0 }
        return requests.families + [
            MetricFamily(
                "martlet_connections", .gauge, help: "Connections that are open.",
                [.init(Double(counts.opened - counts.closed))]),
            MetricFamily(
                "martlet_connections_opened_total", .counter, help: "Connections that were accepted.",
                [.init(Double(counts.opened))]),
            MetricFamily(
                "martlet_connections_refused_total", .counter, help: "Connections that were not served, by reason.",
                Self.samples(counts.refused, "reason")),
            MetricFamily(
                "martlet_tls_failures_total", .counter, help: "TLS connections that failed.",
                [.init(Double(counts.failed))]),
            MetricFamily(
                "martlet_http_refused_requests_total", .counter, help: "Requests refused before any route, by status.",
                Self.samples(counts.unread, "status")),
        ]
    }

    private static func samples<Key: Comparable>(_ counts: [Key: Int], _ label: String) -> [MetricFamily.Sample] {
        counts.sorted { $0.key < $1.key }.map { key, count in
            MetricFamily.Sample(Double(count), labels: [(label, "\(key)")])
        }
    }
}
