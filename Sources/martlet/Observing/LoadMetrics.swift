internal import EventLoop
internal import Postgres
internal import Provider
internal import Synchronization
internal import Web

/// How busy the server is: the process, the database links of all loops, the queue before the password hashes.
final class LoadMetrics: Sendable {
    private let databases = Mutex<[(loop: Loop, database: Database)]>([])
    private let passwords: any PasswordHashing
    private let process = ProcessMetrics()

    init(passwords: any PasswordHashing) { self.passwords = passwords }

    /// Counts the links of one more loop.
    func add(_ database: Database, of loop: Loop) {
        databases.withLock { $0.append((loop, database)) }
    }

    /// What `/metrics` shows of it. Every loop is asked for its own numbers.
    var families: [MetricFamily] {
        get async {
            var lines: [(loop: String, load: DatabaseLoad)] = []
            for (loop, database) in databases.withLock({ $0 }) {
                guard let load = try? await loop.run({ database.load }) else { continue }
                lines += load.map { (loop.name, $0) }
            }
            func samples(_ number: (DatabaseLoad) -> Int) -> [MetricFamily.Sample] {
                lines.map { line in
                    MetricFamily.Sample(
                        Double(number(line.load)), labels: [("loop", line.loop), ("purpose", line.load.purpose)])
                }
            }
            return process.families + [
                MetricFamily(
                    "martlet_database_links", .gauge, help: "Open links to the database, by loop and purpose.",
                    samples(\.links)),
                MetricFamily(
                    "martlet_database_in_flight", .gauge, help: "Statements that the database is working on.",
                    samples(\.inFlight)),
                MetricFamily(
                    "martlet_database_waiting", .gauge, help: "Statements that wait for a link.", samples(\.waiting)),
                MetricFamily(
                    "martlet_passwords_waiting", .gauge, help: "Passwords that wait to be hashed.",
                    [.init(Double(passwords.waitingCount))]),
            ]
        }
    }
}
