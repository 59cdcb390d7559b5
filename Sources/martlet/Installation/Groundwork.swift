internal import Assembly
internal import Configuration
internal import EventLoop
internal import HTTPClient
internal import Postgres
internal import Provider
internal import Storage

/// Everything that must stand before the first request or command: schema, partitions, master key, signing keys.
/// On the loop of its database.
struct Groundwork {
    let deployment: Deployment
    let access: DatabaseAccess
    let database: Database
    let loop: Loop
    let lane: Lane

    /// Lays it; each step is done already, or not at all, or again without harm.
    /// - Parameter migrates: whether an older schema is brought up to date or refused.
    func lay(migrates: Bool) async throws -> ProviderParts {
        try await prepareSchema(migrates: migrates)
        _ = try await Partitions(on: database).ensure()
        let stores = Stores(on: database)
        let trail = Trail.of("system")

        let directory = try KeyDirectory(deployment.keysDirectory)
        let records = try await stores.keys.keys()
        let master = try masterKey(in: directory, sealedKeys: records.count)
        // Opens every key there is: a wrong master key is found before anything is sealed under it.
        _ = try KeyRingSnapshot(records, master: master, at: trail.now)
        let signingKeys = SigningKeys(store: stores.keys, master: master, surroundings: .system, lane: lane)
        try await signingKeys.importNew(from: directory, trail)
        try await signingKeys.ensureFirst(trail)

        return ProviderParts(
            settings: Settings(deployment),
            keys: KeyRing(try KeyRingSnapshot(try await stores.keys.keys(), master: master, at: SystemClock.now)),
            scopes: ScopeCatalog(try await stores.scopes.scopes()), master: master,
            passwords: ScryptPasswords(mebibytes: deployment.passwordMemory, logN: deployment.passwordCost),
            egress: EgressGuard(allowing: deployment.egressAllow), limits: RateLimiter(limits))
    }

    /// The operator's rules, in the provider's words.
    private var limits: [RateLimit] {
        guard let rules = deployment.rateLimits else { return RateLimit.standard }
        return rules.compactMap { rule in
            guard let route = RateLimit.Route(rawValue: rule.route.rawValue),
                let subject = RateLimit.Subject(rawValue: rule.subject.rawValue)
            else { return nil }
            return RateLimit(route, subject, rate: rule.rate, burst: rule.burst)
        }
    }

    private func prepareSchema(migrates: Bool) async throws {
        let role = try await DatabaseAccess.role(of: database, on: loop)
        if migrates || access.isOurs {
            _ = try await access.migrate(servingAs: role, on: lane)
            return
        }
        let report = try await access.check(on: lane)
        guard report.pending.isEmpty else {
            throw Refusal("The schema of the database is older than this program. Run: martlet migrate")
        }
    }

    private func masterKey(in directory: KeyDirectory, sealedKeys: Int) throws -> MasterKey {
        if let key = try directory.masterKey() { return key }
        guard sealedKeys == 0 else {
            throw Refusal(
                "The database has \(sealedKeys) signing key(s) sealed under a master key, but \(directory.path) has no "
                    + "master.key. Put back the one that belongs to this database, or set "
                    + "\(Setting.keysDirectory.variable) to the directory it is in.")
        }
        return try directory.makeMasterKey()
    }
}

extension Settings {
    /// What the operator decided, in the provider's words.
    init(_ deployment: Deployment) {
        self.init(issuer: deployment.issuer.text)
        lifetimes.accessToken = deployment.lifetimes.accessToken
        lifetimes.idToken = deployment.lifetimes.idToken
        lifetimes.refreshTokenIdle = deployment.lifetimes.refreshToken
        lifetimes.code = deployment.lifetimes.authorizationCode
        lifetimes.session = deployment.lifetimes.session
        profile = deployment.profile == .legacy ? .legacy : .standard
        passwords.shortest = deployment.passwordMinLength
        isSignUpOpen = deployment.isSignUpOpen
        exampleClient = deployment.isDemo ? Demo.clientID : nil
    }
}
