internal import Assembly
internal import Configuration
internal import EventLoop
internal import Glibc
internal import HTTP
internal import HTTPServer
internal import JOSE
internal import Postgres
internal import Provider
internal import Storage
internal import TLS
internal import Web

/// The server from its start to its stop: the composition root.
struct Serve {
    let deployment: Deployment
    let log: Log
    private let announcesJSON: Bool

    init(_ deployment: Deployment, _ log: Log, announcesJSON: Bool) {
        self.deployment = deployment
        self.log = log
        self.announcesJSON = announcesJSON
    }

    /// Runs until SIGTERM or SIGINT.
    func run() async throws {
        Signals.ignoreBrokenPipes()
        if deployment.isBehindTLSProxy, deployment.trustedProxies.isEmpty {
            log.write(.warning, "behind a TLS proxy without \(Setting.trustedProxies.variable): all clients look alike")
        }
        let identity = try certificate()
        let loops = try LoopGroup()
        let lane = Lane(name: "slow", threads: 4, capacity: 4)
        let access = try await DatabaseAccess.open(deployment, joining: false, on: lane)
        let outcome: Result<Void, any Error>
        do {
            try await run(over: access, loops: loops, lane: lane, identity: identity)
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await loops.stop()
        await access.close()
        try outcome.get()
    }

    private func run(
        over access: DatabaseAccess, loops: LoopGroup, lane: Lane, identity: TLSServerContext?
    ) async throws {
        let serving = DatabaseConfiguration.serving(access.serving, loops: loops.loops.count)
        let first = loops.first
        let database = Database(on: first, lane: lane, configuration: serving)
        let groundwork = Groundwork(
            deployment: deployment, access: access, database: database, loop: first, lane: lane)
        let parts: ProviderParts = try await first.run { try await groundwork.lay(migrates: true) }
        let provider = parts.provider(over: Stores(on: database))
        let postOffice = try PostOffice(provider, deployment, on: first, log: log)
        let signals = try await signals(on: first)
        // The port first: a secret that is made must also be told. Whoever connects from here on will be served.
        let socket = try ListeningSocket(deployment.listen)
        announce(try await first.run { try await self.announcement(provider) })
        try await first.run { try await LegacyClients(clients: provider.stores.clients, log: log).warn() }

        let serverLog = ServerLog(log)
        let load = LoadMetrics(passwords: parts.passwords)
        @Sendable func routes(_ provider: OpenIDProvider, _ database: Database, on loop: Loop) -> Routes {
            load.add(database, of: loop)
            let watchtower = Watchtower(provider: provider, database: database, serverLog: serverLog, load: load)
            return Routes(provider: provider, operations: watchtower.operations) { serverLog.note($0) }
        }
        let front = routes(provider, database, on: first)
        let server = try await Server(
            takingOver: socket, loops: loops, configuration: configuration(front), identity: identity,
            observer: serverLog,
            renderRefusal: { front.refusal($0, reason: $1, requestID: $2) },
            makeHandler: { loop in
                guard loop !== first else { return { await front.respond(to: $0) } }
                let database = Database(on: loop, lane: lane, configuration: serving)
                let routes = routes(parts.provider(over: Stores(on: database)), database, on: loop)
                return { await routes.respond(to: $0) }
            })
        let owner = Database(on: first, lane: lane, configuration: .upkeep(access.owner))
        let limits = PostgresLimits(on: database, id: Base64URL.encode(provider.surroundings.random(12)))
        let upkeep = Upkeep(
            provider: provider, database: database, owner: owner, limits: limits, loop: first, log: log)
        upkeep.start()
        let correspondence = try Correspondence(provider, egress: parts.egress, on: first, log: log)
        correspondence.start()
        postOffice.start()
        let address = ListenAddress(host: deployment.listen.host, port: server.port)
        log.write(.info, "listening", [("address", .string(address.description))])

        await untilStopped(by: signals, on: first, server, upkeep)
        await server.stop()
        await correspondence.stop()
        await postOffice.stop()
        // The uses of the last second.
        try? await first.run {
            try await provider.flushSecretUses()
            try await limits.leave()
        }
        log.write(.info, "stopped")
    }

    private func announcement(_ provider: OpenIDProvider) async throws -> Announcement {
        let trail = Trail.of("system")
        let bootstrap = Bootstrap(provider: provider, choice: deployment.administrator, log: log)
        var announcement = Announcement(issuer: deployment.issuer.text)
        announcement.administrator = try await bootstrap.run(trail)
        if deployment.isDemo {
            let demo = try await Demo(provider: provider).run(trail)
            announcement.demoClient = demo.client
            announcement.demoUser = demo.user
        }
        return announcement
    }

    private func announce(_ announcement: Announcement) {
        Terminal.print(announcesJSON ? announcement.json.description + "\n" : announcement.text)
    }

    private func configuration(_ routes: Routes) -> ServerConfiguration {
        var configuration = ServerConfiguration()
        configuration.limits = RequestLimits(contentBytes: { routes.bodyLimit($0, $1) })
        configuration.maxConnections = deployment.maxConnections
        configuration.maxConnectionsPerAddress = deployment.maxConnectionsPerAddress
        configuration.trustedProxies = deployment.trustedProxies
        return configuration
    }
}

extension DatabaseConfiguration {
    /// The links of one of several loops: fewer each where there are many, since PostgreSQL allows 100 by default.
    static func serving(_ connection: String, loops: Int) -> DatabaseConfiguration {
        var configuration = DatabaseConfiguration(connection: connection)
        guard loops > 4 else { return configuration }
        configuration.readers = 1
        configuration.changers = 1
        configuration.writers = 2
        configuration.transactors = 1
        return configuration
    }
}
