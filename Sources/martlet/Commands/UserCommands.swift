internal import Configuration
internal import JOSE
internal import Provider

/// `martlet users …`.
enum UserCommands {
    static func run(_ call: Invocation, _ office: Office) async throws {
        let provider = office.provider
        let administrator = office.administrator
        switch call.verb {
        case .usersList:
            let list = try await provider.users(
                username: call.value("username"), email: call.value("email"), search: call.value("search"),
                try call.page, for: administrator)
            Answer.print(list: list, columns: ["id", "username", "email", "createdAt"], json: call.wantsJSON)
        case .usersCreate: try await create(call, office)
        case .usersShow:
            let user = try await provider.user(UserID(call.operands.first ?? ""), for: administrator)
            Answer.print(user, json: call.wantsJSON)
        case .usersUpdate:
            var members = try call.metadata
            if let password = try password(call) { members["password"] = .string(password) }
            let user = try await provider.changeUser(
                UserID(call.operands.first ?? ""), .object(members), by: administrator)
            Answer.print(user, json: call.wantsJSON)
        case .usersDelete:
            let id = UserID(call.operands.first ?? "")
            try await provider.deleteUser(id, by: administrator)
            Answer.print(["deleted": .string(id.text)], json: call.wantsJSON)
        case .usersResetFactors:
            let id = UserID(call.operands.first ?? "")
            try await provider.resetFactors(of: id, by: administrator)
            Answer.print(["reset": .string(id.text)], json: call.wantsJSON)
        default: break
        }
    }

    /// The password that the operator chose, if any.
    private static func password(_ call: Invocation) throws -> String? {
        guard !(call.has("password") && call.has("password-stdin")) else {
            throw UsageError("--password and --password-stdin exclude one another.", verb: call.verb)
        }
        return call.has("password-stdin") ? Terminal.readAll() : call.value("password")
    }

    private static func create(_ call: Invocation, _ office: Office) async throws {
        let given = try password(call)
        let password = given ?? Demo.password(for: office.provider)
        var members: [(name: String, value: JSON)] = [
            ("username", .string(call.operands.first ?? "")), ("password", .string(password)),
        ]
        if let name = call.value("name") { members.append(("name", .string(name))) }
        if let email = call.value("email") { members.append(("email", .string(email))) }
        if call.has("email-verified") { members.append(("emailVerified", true)) }
        if let tenant = call.value("tenant") { members.append(("tenantId", .string(tenant))) }
        let roles = call.values("role")
        if !roles.isEmpty { members.append(("roles", .array(roles.map { .string($0) }))) }

        let user = try await office.provider.createUser(.object(JSONObject(members)), by: office.administrator)
        var answer = user.object ?? JSONObject()
        // A password that the operator chose is known already.
        if given == nil { answer["password"] = .string(password) }
        Answer.print(.object(answer), json: call.wantsJSON)
    }
}
