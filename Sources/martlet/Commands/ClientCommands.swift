internal import Configuration
internal import JOSE
internal import Provider

/// `martlet clients …`: the flows of the management API, without the network.
enum ClientCommands {
    static func run(_ call: Invocation, _ office: Office) async throws {
        let provider = office.provider
        let administrator = office.administrator
        let id = ClientID(call.operands.first ?? "")
        switch call.verb {
        case .clientsList:
            let list = try await provider.clients(
                id: call.value("client-id"), type: call.value("type"), scope: call.value("scope"),
                grantType: call.value("grant-type"), try call.page, for: administrator)
            Answer.print(list: list, columns: ["clientId", "type", "name", "createdAt"], json: call.wantsJSON)
        case .clientsCreate:
            let client = try await provider.createClient(try metadata(of: call), by: administrator)
            Answer.print(client, json: call.wantsJSON)
        case .clientsShow:
            Answer.print(try await provider.client(id, for: administrator), json: call.wantsJSON)
        case .clientsUpdate:
            let client = try await provider.changeClient(
                id, .object(try call.metadata), replacing: false, by: administrator)
            Answer.print(client, json: call.wantsJSON)
        case .clientsDelete:
            try await provider.deleteClient(id, by: administrator)
            Answer.print(["deleted": .string(id.text)], json: call.wantsJSON)
        case .clientsRotateSecret:
            let grace = try call.number("grace", in: 0...2_592_000)
            let body: JSON = grace.map { ["graceSeconds": .integer(Int64($0))] } ?? [:]
            Answer.print(
                try await provider.rotateSecret(of: id, body, by: administrator), json: call.wantsJSON)
        case .clientsSecrets:
            let list = try await provider.secrets(of: id, PageRequest(limit: 200), for: administrator)
            Answer.print(
                list: list, columns: ["id", "createdAt", "expiresAt", "lastUsedAt", "useCount", "verdict"],
                json: call.wantsJSON)
        case .clientsRemoveSecret:
            let secret = SecretID(call.operands.last ?? "")
            try await provider.removeSecret(secret, of: id, by: administrator)
            Answer.print(["removed": .string(secret.text)], json: call.wantsJSON)
        default: break
        }
    }

    /// The members of a new client: those of `--metadata`, and over them what has an option of its own.
    private static func metadata(of call: Invocation) throws -> JSON {
        var members = try call.metadata
        if let name = call.operands.first { members["name"] = .string(name) }
        if call.has("public") { members["type"] = "PUBLIC" }
        if call.has("first-party") { members["firstParty"] = true }
        if let scopes = call.value("scope") { members["scope"] = .string(scopes) }
        for (option, member) in [
            ("backchannel-logout-uri", "backchannelLogoutUri"), ("frontchannel-logout-uri", "frontchannelLogoutUri"),
        ] {
            if let value = call.value(option) { members[member] = .string(value) }
        }
        for (option, member) in [
            ("redirect-uri", "redirectUris"), ("post-logout-redirect-uri", "postLogoutRedirectUris"),
            ("grant-type", "grantTypes"),
        ] {
            let values = call.values(option)
            if !values.isEmpty { members[member] = .array(values.map { .string($0) }) }
        }
        return .object(members)
    }
}

extension Invocation {
    /// The members of `--metadata`; none without it.
    var metadata: JSONObject {
        get throws {
            guard let text = value("metadata") else { return JSONObject() }
            guard let object = try? JSON.parse(text).object else {
                throw UsageError("--metadata must be a JSON object.", verb: verb)
            }
            return object
        }
    }
}
