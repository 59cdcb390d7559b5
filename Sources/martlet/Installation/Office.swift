internal import Assembly
internal import Configuration
internal import EventLoop
internal import Postgres
internal import Provider
internal import Storage

/// Where an operator's command is carried out: a provider of its own over the installation's database, for as long as
/// the command takes.
struct Office: Sendable {
    let provider: OpenIDProvider
    let administrator: Administrator
    let signingKeys: SigningKeys

    /// Opens the office, lets `body` work in it, and closes it. An embedded cluster is started for the command, or
    /// shared with the server that has it.
    static func open(
        _ deployment: Deployment, _ body: @escaping @Sendable (Office) async throws -> Void
    ) async throws {
        let loop = try Loop(name: "command")
        let lane = Lane(name: "slow", threads: 4, capacity: 4)
        let access = try await DatabaseAccess.open(deployment, joining: true, on: lane)
        let database = Database(on: loop, lane: lane, configuration: .command(access.serving))
        let outcome: Result<Void, any Error>
        do {
            try await loop.run {
                let groundwork = Groundwork(
                    deployment: deployment, access: access, database: database, loop: loop, lane: lane)
                let parts = try await groundwork.lay(migrates: false)
                let provider = parts.provider(over: Stores(on: database))
                try await body(
                    Office(
                        provider: provider, administrator: .local(trail: .of("cli")),
                        signingKeys: SigningKeys(
                            store: provider.stores.keys, master: parts.master, surroundings: .system, lane: lane)))
            }
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await database.close()
        await access.close()
        try outcome.get()
    }
}

extension DatabaseConfiguration {
    /// One link for each purpose: a command does one thing after the other.
    static func command(_ connection: String) -> DatabaseConfiguration {
        var configuration = DatabaseConfiguration(connection: connection)
        configuration.applicationName = "martlet command"
        configuration.readers = 1
        configuration.changers = 1
        configuration.writers = 1
        configuration.transactors = 1
        configuration.patience = .seconds(5)
        configuration.statementTimeout = .seconds(10)
        return configuration
    }
}
