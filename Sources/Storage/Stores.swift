public import Postgres
public import Provider

extension Stores {
    /// The provider's stores in PostgreSQL, for the loop that `database` belongs to.
    public init(on database: Database) {
        self.init(
            clients: PostgresClients(database: database), scopes: PostgresScopes(database: database),
            keys: PostgresKeys(database: database), users: PostgresUsers(database: database),
            factors: PostgresFactors(database: database), passkeys: PostgresPasskeys(database: database),
            sessions: PostgresSessions(database: database), consents: PostgresConsents(database: database),
            parked: PostgresParkedRequests(database: database), codes: PostgresCodes(database: database),
            devices: PostgresDevices(database: database), tokens: PostgresTokens(database: database),
            issued: PostgresIssuedTokens(database: database), audit: PostgresAudit(database: database),
            events: PostgresOutbox(database: database), webhooks: PostgresWebhooks(database: database),
            mails: PostgresMails(database: database), links: PostgresAccountLinks(database: database),
            logouts: PostgresLogouts(database: database),
            applications: PostgresApplications(database: database))
    }
}
