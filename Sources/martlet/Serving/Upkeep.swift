internal import Configuration
internal import EventLoop
internal import JOSE
internal import Postgres
internal import Provider
internal import Storage

/// What goes on beside the requests, on the first loop: the shared snapshots are refreshed, uses of secrets written
/// down, partitions made and dropped. Nothing of it is urgent; what fails is tried again.
struct Upkeep: Sendable {
    let provider: OpenIDProvider
    let database: Database
    let owner: Database
    let limits: PostgresLimits
    let loop: Loop
    let log: Log

    /// Begins; the loop's end ends it.
    func start() {
        every(.seconds(5), "refreshing keys and scopes") { try await refresh() }
        every(.seconds(1), "writing uses of secrets") { try await provider.flushSecretUses() }
        every(.milliseconds(500), "exchanging rate limits") {
            try await provider.limits.exchange(limits, at: provider.surroundings.now())
        }
        every(.seconds(1), "linking the audit log") { try await provider.auditChain.extend() }
        every(.seconds(15), "sweeping expired rows") { _ = try await Janitor(owner: owner).sweep() }
        every(.seconds(600), "making partitions") { _ = try await Partitions(on: database).ensure() }
    }

    /// Takes over what the store says now: keys and scopes may have been changed by another server or the command line.
    func refresh() async throws {
        let records = try await provider.stores.keys.keys()
        provider.keys.replace(
            with: try KeyRingSnapshot(records, master: provider.master, at: provider.surroundings.now()))
        try await provider.scopes.refresh(from: provider.stores.scopes)
    }

    /// Runs `body` again and again; a failure is told once, and once more when it is over.
    private func every(_ pause: Duration, _ what: String, _ body: @escaping @Sendable () async throws -> Void) {
        loop.start { [loop, log] in
            var isFailing = false
            while true {
                do { try await loop.sleep(for: pause) } catch { return }
                do {
                    try await body()
                    if isFailing { log.write(.info, "\(what) works again") }
                    isFailing = false
                } catch {
                    if !isFailing {
                        log.write(.warning, "\(what) failed", [("detail", .string(Sentence.about(error)))])
                    }
                    isFailing = true
                }
            }
        }
    }
}
