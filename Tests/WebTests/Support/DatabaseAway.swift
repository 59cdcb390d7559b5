import Provider

/// Stores whose database is away: every act fails as a real one would then. What must work without a database is tested
/// over it, and so is every refusal that comes before the first look into a store.
struct DatabaseAway: ClientStore, ScopeStore, KeyStore, UserStore, SessionStore, ConsentStore, ParkedRequestStore,
    CodeStore, TokenStore, EventStore, WebhookStore
{
    private var away: OAuthError { .storeUnavailable("connection refused: /secret/path") }

    static var stores: Stores {
        let away = DatabaseAway()
        return Stores(
            clients: away, scopes: away, keys: away, users: away, sessions: away, consents: away, parked: away,
            codes: away, tokens: away, events: away, webhooks: away)
    }

    func client(_ id: ClientID, at now: Instant) async throws(OAuthError) -> RegisteredClient? { throw away }
    func register(_ client: Client, secret: ClientSecret?, _ record: Record) async throws(OAuthError) { throw away }
    func replace(_ replaced: Client, by client: Client, _ record: Record) async throws(OAuthError) -> Bool {
        throw away
    }
    func delete(_ id: ClientID, _ record: Record) async throws(OAuthError) -> Bool { throw away }
    func clients(_ filter: ClientFilter, _ page: PageRequest) async throws(OAuthError) -> Page<Client> { throw away }
    func hasPublicClient(at origin: String) async throws(OAuthError) -> Bool { throw away }
    func rotateSecret(
        _ secret: ClientSecret, previousExpiresAt: Instant, _ record: Record
    ) async throws(OAuthError) -> SecretRotation? { throw away }
    func secrets(of id: ClientID, at now: Instant) async throws(OAuthError) -> [ClientSecret] { throw away }
    func removeSecret(_ id: SecretID, of client: ClientID, _ record: Record) async throws(OAuthError) -> Bool {
        throw away
    }
    func noteUses(_ uses: [SecretUse]) async throws(OAuthError) { throw away }
    func scopes() async throws(OAuthError) -> [Scope] { throw away }
    func keys() async throws(OAuthError) -> [SigningKeyRecord] { throw away }
    func add(_ key: SigningKeyRecord, _ record: Record) async throws(OAuthError) { throw away }
    func addFirst(_ key: SigningKeyRecord, _ record: Record) async throws(OAuthError) -> Bool { throw away }
    func user(_ id: UserID) async throws(OAuthError) -> User? { throw away }
    func user(named folded: String) async throws(OAuthError) -> User? { throw away }
    func create(_ user: User, _ record: Record) async throws(OAuthError) { throw away }
    func rehash(_ id: UserID, from old: String, to new: String) async throws(OAuthError) { throw away }
    func users(
        username folded: String?, email: String?, _ page: PageRequest
    ) async throws(OAuthError) -> Page<User> { throw away }
    func session(_ cookie: OpaqueToken, at now: Instant) async throws(OAuthError) -> Session? { throw away }
    func login(
        _ cookie: OpaqueToken, at now: Instant
    ) async throws(OAuthError) -> (session: Session, user: User)? { throw away }
    func start(
        _ session: Session, cookie: OpaqueToken, ending: SessionID?, _ record: Record
    ) async throws(OAuthError) { throw away }
    func renew(
        _ session: Session, from old: OpaqueToken, to new: OpaqueToken, _ record: Record
    ) async throws(OAuthError) -> Bool { throw away }
    func end(_ id: SessionID, _ record: Record) async throws(OAuthError) -> Bool { throw away }
    func consent(of user: UserID, to client: ClientID) async throws(OAuthError) -> Consent? { throw away }
    func grant(_ consent: Consent, _ record: Record) async throws(OAuthError) { throw away }
    func park(_ request: ParkedRequest, as handle: OpaqueToken) async throws(OAuthError) { throw away }
    func claim(_ handle: OpaqueToken, by browserHash: [UInt8]) async throws(OAuthError) -> ParkedRequest? {
        throw away
    }
    func issue(
        _ code: AuthorizationCode, as token: OpaqueToken, grant: Grant, _ record: Record
    ) async throws(OAuthError) { throw away }
    func redeem(
        _ code: OpaqueToken, client: ClientID, redirectURI: String, challenge: String?, at now: Instant
    ) async throws(OAuthError) -> CodeRedemption { throw away }
    func record(
        _ access: AccessToken, refresh: (row: RefreshToken, token: OpaqueToken)?, _ record: Record
    ) async throws(OAuthError) { throw away }
    func accessToken(
        _ id: TokenID, bucket: Bucket, at now: Instant
    ) async throws(OAuthError) -> AccessTokenState? { throw away }
    func refreshToken(_ token: OpaqueToken, at now: Instant) async throws(OAuthError) -> RefreshTokenState? {
        throw away
    }
    func rotate(_ rotation: RefreshRotation, _ record: Record) async throws(OAuthError) -> RefreshOutcome { throw away }
    func touch(
        _ token: OpaqueToken, client: ClientID, idleExpiresAt: Instant, at now: Instant
    ) async throws(OAuthError) -> RefreshOutcome { throw away }
    func revoke(_ id: TokenID, bucket: Bucket, _ record: Record) async throws(OAuthError) -> Bool { throw away }
    func revoke(_ grant: GrantID, _ record: Record) async throws(OAuthError) -> Bool { throw away }
    func append(_ record: Record) async throws(OAuthError) { throw away }
    func endOfEvents() async throws(OAuthError) -> String { throw away }
    func events(
        after cursor: String?, types: [String], limit: Int
    ) async throws(OAuthError) -> Page<StoredEvent> { throw away }
    func create(_ webhook: Webhook, _ record: Record) async throws(OAuthError) { throw away }
    func webhooks(toldOf type: String?, _ page: PageRequest) async throws(OAuthError) -> Page<Webhook> { throw away }
    func webhook(_ id: String) async throws(OAuthError) -> Webhook? { throw away }
    func delete(_ id: String, _ record: Record) async throws(OAuthError) -> Bool { throw away }
    func deliveries(
        of id: String, _ page: PageRequest
    ) async throws(OAuthError) -> Page<WebhookDelivery> { throw away }
    func replay(_ id: String, from: Instant, to: Instant, at now: Instant) async throws(OAuthError) -> Int {
        throw away
    }
    func enqueue(limit: Int, at now: Instant) async throws(OAuthError) -> Int { throw away }
    func take(limit: Int, leaseEndsAt: Instant, at now: Instant) async throws(OAuthError) -> [DueDelivery] {
        throw away
    }
    func settle(_ delivery: DueDelivery, _ outcome: DeliveryOutcome, at now: Instant) async throws(OAuthError) {
        throw away
    }
    func lag(at now: Instant) async throws(OAuthError) -> (waiting: Int, oldestSeconds: Int) { throw away }
}
