internal import Configuration
internal import JOSE
internal import Provider

/// Who has access to what: the verbs of `martlet clients` and `martlet users` about scopes, consents, sessions and tokens.
enum AccessCommands {
    static func run(_ call: Invocation, _ office: Office) async throws {
        let id = call.operands.first ?? ""
        switch call.verb {
        case .clientsScopes, .clientsSetScope, .clientsDeleteScope: try await scopes(call, id, office)
        case .clientsConsents: try await consents(call, clientID: id, office)
        case .usersConsents: try await consents(call, userID: id, office)
        case .usersRevokeConsent:
            try await office.provider.revokeConsent(id, by: office.caller)
            Answer.print(["revoked": .string(id)], json: call.wantsJSON)
        case .usersSessions:
            let list = try await office.provider.sessions(userID: id, try call.page, for: office.caller)
            Answer.print(
                list: list, columns: ["id", "device", "address", "authTime", "expiresAt"], json: call.wantsJSON)
        case .usersEndSessions:
            let answer = try await office.provider.endSessions(
                userID: id, except: call.value("except"), by: office.caller)
            Answer.print(answer, json: call.wantsJSON)
        case .clientsTokens: try await tokens(call, clientID: id, office)
        case .usersTokens: try await tokens(call, userID: id, office)
        case .clientsRevokeTokens: try await revoke(call, ("clientId", id), office)
        case .usersRevokeTokens: try await revoke(call, ("userId", id), office)
        default: break
        }
    }

    private static func scopes(_ call: Invocation, _ name: String, _ office: Office) async throws {
        let (provider, administrator) = (office.provider, office.administrator)
        let id = Scope(name: name, descriptions: [:]).id
        switch call.verb {
        case .clientsScopes:
            let list = try await provider.allScopes(try call.page, for: administrator)
            Answer.print(list: list, columns: ["name", "builtIn", "description"], json: call.wantsJSON)
        case .clientsSetScope:
            var texts = JSONObject()
            for text in call.values("description") {
                let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2 else {
                    throw UsageError("--description must be LANGUAGE=TEXT.", verb: call.verb)
                }
                texts[String(parts[0])] = .string(String(parts[1]))
            }
            let body: JSON = ["name": .string(name), "descriptions": .object(texts)]
            let isKnown = provider.scopes.names.contains(name)
            Answer.print(
                isKnown
                    ? try await provider.replaceScope(id, body, by: administrator)
                    : try await provider.createScope(body, by: administrator),
                json: call.wantsJSON)
        default:
            try await provider.deleteScope(id, force: call.has("force"), by: administrator)
            Answer.print(["deleted": .string(name)], json: call.wantsJSON)
        }
    }

    private static func consents(
        _ call: Invocation, clientID: String? = nil, userID: String? = nil, _ office: Office
    ) async throws {
        let list = try await office.provider.consents(
            clientID: clientID, userID: userID, includesRevoked: call.has("include-revoked"), try call.page,
            for: office.caller)
        Answer.print(
            list: list, columns: ["id", "userId", "clientId", "scopes", "grantedAt", "revokedAt"], json: call.wantsJSON)
    }

    private static func tokens(
        _ call: Invocation, clientID: String? = nil, userID: String? = nil, _ office: Office
    ) async throws {
        var query = OpenIDProvider.TokenQuery()
        query.clientID = clientID
        query.userID = userID
        query.scope = call.value("scope")
        let list = try await office.provider.tokens(query, try call.page, for: office.caller)
        Answer.print(
            list: list, columns: ["id", "tokenType", "clientId", "userId", "scopes", "issuedAt", "expiresAt"],
            json: call.wantsJSON)
    }

    private static func revoke(
        _ call: Invocation, _ criterion: (member: String, id: String), _ office: Office
    ) async throws {
        var body: JSONObject = JSONObject([(criterion.member, .string(criterion.id))])
        body["issuedBefore"] = call.value("issued-before").map { .string($0) }
        if call.has("dry-run") { body["dryRun"] = true }
        let answer = try await office.provider.revokeTokens(.object(body), by: office.caller)
        Answer.print(answer, json: call.wantsJSON)
    }
}

extension Office {
    /// The operator, as those are asked for who may reach what belongs to users.
    fileprivate var caller: Caller { .administrator(administrator) }
}
