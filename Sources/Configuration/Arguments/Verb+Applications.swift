extension Verb {
    /// The verbs about clients that people ask for.
    var applicationsSyntax: Syntax {
        switch self {
        case .applicationsList:
            Syntax(
                summary: "Lists applications for clients by age.",
                options: [
                    .init(name: "status", value: "STATUS", summary: "only those: pending, approved or refused"),
                    .init(name: "type", value: "TYPE", summary: "only CONFIDENTIAL or only PUBLIC clients"),
                    .init(name: "email", value: "ADDRESS", summary: "only those from this address"),
                    .init(name: "scope", value: "SCOPES", summary: "only those that ask for all of these"),
                    .init(name: "client-id", value: "CLIENT_ID", summary: "only the one that became this client"),
                ] + Self.paging)
        case .applicationsShow: Syntax(summary: "Shows an application.", operands: [.init(name: "APPLICATION_ID")])
        case .applicationsApprove:
            Syntax(
                summary: "Makes the client; the requester gets mail with the way to its credentials.",
                operands: [.init(name: "APPLICATION_ID")])
        case .applicationsRefuse:
            Syntax(
                summary: "Turns an application down; the requester gets mail with the reason.",
                operands: [.init(name: "APPLICATION_ID")],
                options: [.init(name: "reason", value: "TEXT", summary: "what the requester is told")])
        case .applicationsResend:
            Syntax(
                summary: "Mails another link to the credentials; the former one is worth nothing from then on.",
                operands: [.init(name: "APPLICATION_ID")])
        default: Syntax(summary: "")
        }
    }
}
