internal import Configuration
internal import JOSE
internal import Provider

/// `martlet applications`: clients that people ask for.
enum ApplicationCommands {
    static func run(_ call: Invocation, _ office: Office) async throws {
        let (provider, administrator) = (office.provider, office.administrator)
        let id = call.operands.first ?? ""
        switch call.verb {
        case .applicationsList:
            var query = ApplicationQuery()
            query.status = call.value("status")
            query.type = call.value("type")
            query.email = call.value("email")
            query.scope = call.value("scope")
            query.clientID = call.value("client-id")
            let list = try await provider.applications(query, try call.page, for: administrator)
            Answer.print(
                list: list, columns: ["id", "status", "type", "name", "email", "createdAt"], json: call.wantsJSON)
        case .applicationsShow:
            Answer.print(try await provider.applicationJSON(id, for: administrator), json: call.wantsJSON)
        case .applicationsApprove:
            Answer.print(try await provider.approveApplication(id, [:], by: administrator), json: call.wantsJSON)
        case .applicationsRefuse:
            let body: JSON = call.value("reason").map { ["reason": .string($0)] } ?? [:]
            Answer.print(try await provider.refuseApplication(id, body, by: administrator), json: call.wantsJSON)
        case .applicationsResend:
            Answer.print(try await provider.resendApplicationLink(id, [:], by: administrator), json: call.wantsJSON)
        default: break
        }
    }
}
