extension Verb {
    /// Of the verbs about who has access to what: scopes, consents, sessions, tokens.
    var accessSyntax: Syntax {
        switch self {
        case .clientsScopes: Syntax(summary: "Lists the scopes that clients may be allowed.", options: Self.paging)
        case .clientsSetScope:
            Syntax(
                summary: "Adds a scope, or replaces the descriptions of one.", operands: [.init(name: "SCOPE")],
                options: [
                    .init(
                        name: "description", value: "LANGUAGE=TEXT",
                        summary: "what the consent page says, such as 'en=Read your reports'; en is due",
                        mayRepeat: true)
                ])
        case .clientsDeleteScope:
            Syntax(
                summary: "Removes a scope that nobody uses.", operands: [.init(name: "SCOPE")],
                options: [.init(name: "force", summary: "takes it from clients and consents, and revokes its tokens")])
        case .clientsConsents: Self.consents(of: "CLIENT_ID", "Lists who has allowed a client what.")
        case .clientsTokens: Self.tokens(of: "CLIENT_ID", "Lists live tokens of a client.")
        case .clientsRevokeTokens: Self.revocation(of: "CLIENT_ID", "Revokes all tokens of a client, however many.")
        case .usersConsents: Self.consents(of: "USER_ID", "Lists what a user has allowed.")
        case .usersRevokeConsent:
            Syntax(
                summary: "Takes a consent back; its tokens are dead at once.", operands: [.init(name: "CONSENT_ID")])
        case .usersSessions:
            Syntax(
                summary: "Lists where a user is signed in.", operands: [.init(name: "USER_ID")], options: Self.paging)
        case .usersEndSessions:
            Syntax(
                summary: "Ends the sessions of a user, with the tokens that do not outlive them.",
                operands: [.init(name: "USER_ID")],
                options: [.init(name: "except", value: "SESSION_ID", summary: "a session that stays")])
        case .usersTokens: Self.tokens(of: "USER_ID", "Lists live tokens of a user.")
        case .usersRevokeTokens: Self.revocation(of: "USER_ID", "Revokes all tokens of a user.")
        default: Syntax(summary: "")
        }
    }

    private static func consents(of operand: String, _ summary: String) -> Syntax {
        Syntax(
            summary: summary, operands: [.init(name: operand)],
            options: [.init(name: "include-revoked", summary: "also those that were taken back")] + paging)
    }

    private static func tokens(of operand: String, _ summary: String) -> Syntax {
        Syntax(
            summary: summary, operands: [.init(name: operand)],
            options: [.init(name: "scope", value: "SCOPES", summary: "only those with all of these")] + paging)
    }

    private static func revocation(of operand: String, _ summary: String) -> Syntax {
        Syntax(
            summary: summary, operands: [.init(name: operand)],
            options: [
                .init(name: "issued-before", value: "TIME", summary: "only those: a time such as 2026-11-21T09:38:00Z"),
                .init(name: "dry-run", summary: "only says how many that would be"),
            ])
    }
}
