import JOSE

/// The members of a client in management bodies (RFC 7591 §2 in camelCase, and Martlet's own): read into a ``Client``
/// with every rule checked, and rendered back.
struct ClientMetadata {
    private var reader: MemberReader
    private let knownScopes: Set<String>
    private let algorithms: [SigningAlgorithm]
    /// The rules of a client that names none.
    private let standardProfile: Client.Profile

    /// - Throws: `invalid_request` when the body is no object.
    private init(
        _ body: JSON, _ knownScopes: Set<String>, _ algorithms: [SigningAlgorithm], _ profile: Client.Profile
    ) throws(OAuthError) {
        reader = try MemberReader(body)
        self.knownScopes = knownScopes
        self.algorithms = algorithms
        standardProfile = profile
    }

    /// A new client.
    static func client(
        _ body: JSON, id: ClientID, knownScopes: Set<String>,
        algorithms: [SigningAlgorithm] = SigningAlgorithm.allCases, profile: Client.Profile = .standard,
        at now: Instant
    ) throws(OAuthError) -> Client {
        var metadata = try ClientMetadata(body, knownScopes, algorithms, profile)
        let kind = try metadata.kind() ?? metadata.kindByMethod()
        var client = Client(id: id, name: "", kind: kind, createdAt: now)
        client.profile = profile
        try metadata.apply(to: &client)
        return client
    }

    /// The client with the named members changed (RFC 7396: null resets a member), or, with `replacing`, with all
    /// others reset too.
    static func client(
        _ body: JSON, changing old: Client, replacing: Bool, knownScopes: Set<String>,
        algorithms: [SigningAlgorithm] = SigningAlgorithm.allCases, profile: Client.Profile = .standard,
        at now: Instant
    ) throws(OAuthError) -> Client {
        var metadata = try ClientMetadata(body, knownScopes, algorithms, profile)
        try metadata.checkFixed(old)
        var client = old
        if replacing {
            client = Client(id: old.id, name: "", kind: old.kind, createdAt: old.createdAt)
            client.profile = profile
        }
        // Two changes within a millisecond must still be two versions.
        client.updatedAt = max(now, Instant(milliseconds: old.updatedAt.milliseconds + 1))
        try metadata.apply(to: &client)
        return client
    }

    // MARK: Kind

    private mutating func kind() throws(OAuthError) -> Client.Kind? {
        let type = try reader.string("type")
        let confidential = try reader.bool("confidential")
        let byFlag = confidential.map { $0 ? Client.Kind.confidential : .public }
        guard let type else { return byFlag }
        guard let kind = Client.Kind(rawValue: type) else { throw .member("type", "must be CONFIDENTIAL or PUBLIC") }
        guard byFlag == nil || byFlag == kind else { throw .member("confidential", "contradicts the member 'type'") }
        return kind
    }

    /// Without `type`, the method `none` makes a public client (contract).
    private mutating func kindByMethod() -> Client.Kind {
        reader.peek("tokenEndpointAuthMethod")?.string == Client.AuthenticationMethod.none.rawValue
            ? .public : .confidential
    }

    /// What never changes may be repeated, as it stands in an answer.
    private mutating func checkFixed(_ old: Client) throws(OAuthError) {
        for name in ["id", "clientId"] {
            if let id = try reader.string(name), id != old.id.text { throw .member(name, "cannot be changed") }
        }
        if let kind = try kind(), kind != old.kind {
            throw .member("type", "cannot be changed; register another client")
        }
        for name in ["createdAt", "updatedAt"] { try reader.skipTime(name) }
    }

    // MARK: Members

    private mutating func apply(to client: inout Client) throws(OAuthError) {
        try applyName(to: &client)
        try applyProfile(to: &client)
        try applyAuthentication(to: &client)
        try applyGrants(to: &client)
        try applyScopes(to: &client)
        try applyTargets(to: &client)
        try applyTokens(to: &client)
        try applyPresentation(to: &client)
        try reader.refuseRest()
        try ClientRules.check(client)
    }

    private mutating func applyName(to client: inout Client) throws(OAuthError) {
        guard !(reader.has("name") && reader.has("clientName")) else {
            throw .member("clientName", "stands beside the member 'name', which means the same")
        }
        if reader.has("name") || reader.has("clientName") {
            client.name = try reader.string(reader.has("name") ? "name" : "clientName", limit: 200) ?? ""
        }
        // Format controls, such as those that turn the direction of writing, would let a name pose as another.
        guard client.name.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .format }) else {
            throw .member("name", "has an invisible control character")
        }
        guard client.name.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
            throw .member("name", "is missing")
        }
    }

    private mutating func applyProfile(to client: inout Client) throws(OAuthError) {
        guard reader.has("profile") else { return }
        let name = try reader.string("profile") ?? standardProfile.rawValue
        guard let profile = Client.Profile(rawValue: name), profile.isServed else {
            let served = Client.Profile.allCases.filter(\.isServed).map(\.rawValue)
            throw .member("profile", "must be \(served.joined(separator: " or "))", code: .invalidClientMetadata)
        }
        client.profile = profile
    }

    private mutating func applyAuthentication(to client: inout Client) throws(OAuthError) {
        if reader.has("tokenEndpointAuthMethod") {
            client.authenticationMethod = try reader.string("tokenEndpointAuthMethod").map { name throws(OAuthError) in
                guard let method = Client.AuthenticationMethod(rawValue: name) else {
                    throw .member(
                        "tokenEndpointAuthMethod", "must be client_secret_basic, client_secret_post or none",
                        code: .invalidClientMetadata)
                }
                return method
            }
        }
        if reader.has("requirePkce") { client.requirePKCE = try reader.bool("requirePkce") ?? true }
        if reader.has("firstParty") { client.firstParty = try reader.bool("firstParty") ?? false }
        if reader.has("mayIntrospect") { client.mayIntrospect = try reader.bool("mayIntrospect") ?? false }
        if reader.has("tenantId") { client.tenantID = try reader.string("tenantId", limit: 200) }
    }

    private mutating func applyGrants(to client: inout Client) throws(OAuthError) {
        if reader.has("redirectUris") { client.redirectURIs = try reader.strings("redirectUris") ?? [] }
        if reader.has("postLogoutRedirectUris") {
            client.postLogoutRedirectURIs = try reader.strings("postLogoutRedirectUris") ?? []
        }
        try client.logout.apply(&reader)
        if reader.has("grantTypes") {
            let names = try reader.strings("grantTypes") ?? [GrantType.authorizationCode.rawValue]
            client.grantTypes = []
            for name in names {
                guard let grant = GrantType(rawValue: name) else {
                    let known = GrantType.allCases.map(\.rawValue).joined(separator: ", ")
                    throw .member("grantTypes", "must be of \(known)", code: .invalidClientMetadata)
                }
                client.grantTypes.insert(grant)
            }
        }
        if reader.has("responseTypes") { try applyResponseTypes(to: &client) }
    }

    /// What is named is kept only where it is not what follows from the grant types anyway: a client whose grant types
    /// change later need not name them anew.
    private mutating func applyResponseTypes(to client: inout Client) throws(OAuthError) {
        var named: Set<ResponseType>?
        for name in try reader.strings("responseTypes") ?? [] {
            guard let type = ResponseType(words: name) else {
                let known = ResponseType.allCases.map(\.rawValue).joined(separator: ", ")
                throw .member("responseTypes", "must be of \(known)", code: .invalidClientMetadata)
            }
            named = (named ?? []).union([type])
        }
        client.namedResponseTypes = named == ResponseType.usual(for: client.grantTypes) ? nil : named
    }

    private mutating func applyScopes(to client: inout Client) throws(OAuthError) {
        if reader.has("scope") || reader.has("allowedScopes") {
            guard !(reader.has("scope") && reader.has("allowedScopes")) else {
                throw .member("scope", "stands beside the member 'allowedScopes', which means the same")
            }
            let line = try reader.string("scope", limit: 8000)
            client.allowedScopes =
                if let line { try ScopeList(parsing: line) } else {
                    ScopeList(try reader.strings("allowedScopes") ?? [])
                }
        }
        if reader.has("defaultScopes") {
            client.defaultScopes = try reader.strings("defaultScopes").map { ScopeList($0) }
        }
        for name in client.allowedScopes where !knownScopes.contains(name) {
            throw .member("allowedScopes", "names a scope that does not exist", code: .invalidClientMetadata)
        }
    }

    private mutating func applyTargets(to client: inout Client) throws(OAuthError) {
        if reader.has("allowedResources") { client.allowedResources = try reader.strings("allowedResources") ?? [] }
        if reader.has("defaultAudience") { client.defaultAudience = try reader.string("defaultAudience") }
        if reader.has("allowedCidrs") { client.allowedRanges = try reader.strings("allowedCidrs") ?? [] }
        if reader.has("allowedOrigins") { client.allowedOrigins = try reader.strings("allowedOrigins") ?? [] }
    }

    /// An algorithm that there is a key for; nil where the member is missing.
    private mutating func algorithm(_ name: String) throws(OAuthError) -> SigningAlgorithm? {
        guard reader.has(name) else { return nil }
        guard let algorithm = SigningAlgorithm(rawValue: try reader.string(name) ?? SigningAlgorithm.rs256.rawValue)
        else { throw .member(name, "must be RS256 or ES256", code: .invalidClientMetadata) }
        guard algorithms.contains(algorithm) else {
            throw .member(name, "names an algorithm that this server has no key for", code: .invalidClientMetadata)
        }
        return algorithm
    }

    private mutating func applyTokens(to client: inout Client) throws(OAuthError) {
        if let algorithm = try algorithm("idTokenSignedResponseAlg") { client.idTokenAlgorithm = algorithm }
        if let algorithm = try algorithm("accessTokenSignedResponseAlg") { client.accessTokenAlgorithm = algorithm }
        // A token's row lives in a daily partition of the next 31 days; no token may outlive them.
        let days = 86_400
        if reader.has("accessTokenTtl") {
            client.lifetimes.accessToken = try reader.integer("accessTokenTtl", in: 1...30 * days)
        }
        if reader.has("idTokenTtl") { client.lifetimes.idToken = try reader.integer("idTokenTtl", in: 1...30 * days) }
        if reader.has("refreshTokenTtl") {
            client.lifetimes.refreshToken = try reader.integer("refreshTokenTtl", in: 1...400 * days)
        }
        if reader.has("authorizationCodeTtl") {
            client.lifetimes.authorizationCode = try reader.integer("authorizationCodeTtl", in: 1...600)
        }
        if reader.has("sessionTtl") { client.lifetimes.session = try reader.integer("sessionTtl", in: 60...400 * days) }
        if reader.has("claimMappings") {
            let mappings = reader.take("claimMappings") ?? .null
            client.claimMappings = mappings.isNull ? [] : try ClaimMapping.list(mappings)
        }
        if reader.has("refreshRotation") { client.refreshRotation = try reader.bool("refreshRotation") ?? true }
        if reader.has("refreshGraceSeconds") {
            client.refreshGrace = try reader.integer("refreshGraceSeconds", in: 0...300) ?? 10
        }
    }

    private mutating func applyPresentation(to client: inout Client) throws(OAuthError) {
        for name in ["clientUri", "logoUri", "policyUri", "tosUri", "initiateLoginUri"] where reader.has(name) {
            client.presentation[name] = try reader.string(name).map { .string($0) }
        }
        for name in ["softwareId", "softwareVersion"] where reader.has(name) {
            client.presentation[name] = try reader.string(name, limit: 200).map { .string($0) }
        }
        if reader.has("contacts") {
            client.presentation["contacts"] = try reader.strings("contacts").map { .strings($0) }
        }
    }
}
