import JOSE

@testable import Provider

/// A moment to count from.
let noon = Instant(seconds: 1_795_262_400)

/// A client with the usual members; `change` makes it unusual.
func client(
    _ kind: Client.Kind = .confidential, redirectURIs: [String] = ["https://rp.example/cb"],
    change: (inout Client) -> Void = { _ in }
) -> Client {
    var client = Client(id: ClientID("rp"), name: "RP", kind: kind, createdAt: noon)
    client.redirectURIs = redirectURIs
    client.grantTypes = [.authorizationCode, .refreshToken]
    client.allowedScopes = ScopeList(["openid", "profile", "email", "offline_access", "admin"])
    change(&client)
    return client
}

/// A user who may log in.
func user(_ id: String = "u1", roles: [String] = []) -> User {
    var user = User(
        id: UserID(id), username: "anna", nameKeys: User.NameKeys(folded: "anna", skeleton: "anna"), createdAt: noon)
    user.roles = roles
    return user
}

/// A session that began at `authTime`.
func session(of user: UserID = UserID("u1"), authTime: Instant = noon) -> Session {
    Session(
        id: SessionID(bucket: Bucket(20_778), random: "s"), userID: user, authTime: authTime, amr: ["pwd"],
        acr: AuthenticationContext.oneFactor.rawValue, createdAt: authTime, expiresAt: authTime + 3600, userAgent: "",
        address: "")
}

/// The parameters of a good authorization request, with some replaced (nil leaves one out).
func parameters(_ changes: [String: String?] = [:]) -> Parameters {
    var all: [String: String?] = [
        "client_id": "rp", "redirect_uri": "https://rp.example/cb", "response_type": "code", "scope": "openid",
        "state": "xyz", "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
    ]
    for (name, value) in changes { all[name] = value }
    return Parameters(all.compactMap { pair in pair.value.map { (name: pair.key, value: $0) } })
}

/// Reads a request the way the authorization endpoint does.
func request(
    _ parameters: Parameters, _ client: Client, hint: (String) -> UserID? = { _ in nil }
) throws(AuthorizationRefusal) -> AuthorizationRequest {
    try AuthorizationRequest(
        parameters, client: client, knownScopes: ["openid", "profile", "email", "offline_access", "admin"], hint: hint)
}
