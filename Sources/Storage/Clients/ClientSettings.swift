internal import JOSE
internal import Provider

/// The part of a client that no statement asks for, as one JSON value. A member that is missing, or that says what this
/// version does not know, leaves the client's default: versions before and after live on the same rows.
extension Client {
    /// What `clients.settings` holds. Scopes have a table of their own.
    var settings: JSON {
        var object = JSONObject([
            ("profile", .string(profile.rawValue)),
            ("redirectUris", .strings(redirectURIs)),
            ("postLogoutRedirectUris", .strings(postLogoutRedirectURIs)),
            ("grantTypes", .strings(grantTypes.map(\.rawValue).sorted())),
            ("namesDefaultScopes", .bool(defaultScopes != nil)),
            ("requirePkce", .bool(requirePKCE)),
            ("firstParty", .bool(firstParty)),
            ("allowedResources", .strings(allowedResources)),
            ("allowedOrigins", .strings(allowedOrigins)),
            ("allowedCidrs", .strings(allowedRanges)),
            ("mayIntrospect", .bool(mayIntrospect)),
            ("idTokenSignedResponseAlg", .string(idTokenAlgorithm.rawValue)),
            ("accessTokenSignedResponseAlg", .string(accessTokenAlgorithm.rawValue)),
            ("refreshRotation", .bool(refreshRotation)),
            ("refreshGraceSeconds", .integer(Int64(refreshGrace))),
            ("presentation", .object(JSONObject(presentation.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))),
        ])
        object["tokenEndpointAuthMethod"] = authenticationMethod.map { .string($0.rawValue) }
        object["backchannelLogoutUri"] = logout.backChannelURI.map { .string($0) }
        object["backchannelLogoutSessionRequired"] = .bool(logout.backChannelSessionRequired)
        object["frontchannelLogoutUri"] = logout.frontChannelURI.map { .string($0) }
        object["frontchannelLogoutSessionRequired"] = .bool(logout.frontChannelSessionRequired)
        object["defaultAudience"] = defaultAudience.map { .string($0) }
        object["responseTypes"] = namedResponseTypes.map { .strings($0.map(\.rawValue).sorted()) }
        object["accessTokenTtl"] = lifetimes.accessToken.map { .integer(Int64($0)) }
        object["idTokenTtl"] = lifetimes.idToken.map { .integer(Int64($0)) }
        object["refreshTokenTtl"] = lifetimes.refreshToken.map { .integer(Int64($0)) }
        object["authorizationCodeTtl"] = lifetimes.authorizationCode.map { .integer(Int64($0)) }
        object["sessionTtl"] = lifetimes.session.map { .integer(Int64($0)) }
        if !claimMappings.isEmpty { object["claimMappings"] = .array(claimMappings.map(\.json)) }
        return .object(object)
    }

    /// Takes over what the settings say.
    mutating func apply(settings: JSON) {
        func text(_ name: String) -> String? { settings[name]?.string }
        func texts(_ name: String) -> [String]? { settings[name]?.strings }
        func flag(_ name: String) -> Bool? { settings[name]?.bool }
        func number(_ name: String) -> Int? { settings[name]?.integer.flatMap { Int(exactly: $0) } }

        profile = text("profile").flatMap(Profile.init) ?? profile
        authenticationMethod = text("tokenEndpointAuthMethod").flatMap(AuthenticationMethod.init)
        redirectURIs = texts("redirectUris") ?? redirectURIs
        postLogoutRedirectURIs = texts("postLogoutRedirectUris") ?? postLogoutRedirectURIs
        logout.backChannelURI = text("backchannelLogoutUri")
        logout.backChannelSessionRequired = flag("backchannelLogoutSessionRequired") ?? false
        logout.frontChannelURI = text("frontchannelLogoutUri")
        logout.frontChannelSessionRequired = flag("frontchannelLogoutSessionRequired") ?? false
        grantTypes = texts("grantTypes").map { Set($0.compactMap(GrantType.init)) } ?? grantTypes
        namedResponseTypes = texts("responseTypes").map { Set($0.compactMap(ResponseType.init(rawValue:))) }
        requirePKCE = flag("requirePkce") ?? requirePKCE
        firstParty = flag("firstParty") ?? firstParty
        allowedResources = texts("allowedResources") ?? allowedResources
        defaultAudience = text("defaultAudience")
        allowedOrigins = texts("allowedOrigins") ?? allowedOrigins
        allowedRanges = texts("allowedCidrs") ?? allowedRanges
        mayIntrospect = flag("mayIntrospect") ?? mayIntrospect
        idTokenAlgorithm = text("idTokenSignedResponseAlg").flatMap(SigningAlgorithm.init) ?? idTokenAlgorithm
        accessTokenAlgorithm =
            text("accessTokenSignedResponseAlg").flatMap(SigningAlgorithm.init) ?? accessTokenAlgorithm
        lifetimes.accessToken = number("accessTokenTtl")
        lifetimes.idToken = number("idTokenTtl")
        lifetimes.refreshToken = number("refreshTokenTtl")
        lifetimes.authorizationCode = number("authorizationCodeTtl")
        lifetimes.session = number("sessionTtl")
        claimMappings = (settings["claimMappings"]?.array ?? []).compactMap { ClaimMapping(stored: $0) }
        refreshRotation = flag("refreshRotation") ?? refreshRotation
        refreshGrace = number("refreshGraceSeconds") ?? refreshGrace
        for member in settings["presentation"]?.object?.members ?? [] { presentation[member.name] = member.value }
    }
}

extension JSON {
    fileprivate static func strings(_ values: [String]) -> JSON { .array(values.map { .string($0) }) }
}
