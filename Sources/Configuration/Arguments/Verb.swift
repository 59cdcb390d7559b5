/// What the program can be asked to do.
public enum Verb: String, Sendable, CaseIterable {
    case serve
    case migrate
    case clientsList = "clients list"
    case clientsCreate = "clients create"
    case clientsShow = "clients show"
    case clientsUpdate = "clients update"
    case clientsDelete = "clients delete"
    case clientsRotateSecret = "clients rotate-secret"
    case clientsSecrets = "clients secrets"
    case clientsRemoveSecret = "clients remove-secret"
    case clientsScopes = "clients scopes"
    case clientsSetScope = "clients set-scope"
    case clientsDeleteScope = "clients delete-scope"
    case clientsConsents = "clients consents"
    case clientsTokens = "clients tokens"
    case clientsRevokeTokens = "clients revoke-tokens"
    case usersList = "users list"
    case usersCreate = "users create"
    case usersShow = "users show"
    case usersUpdate = "users update"
    case usersDelete = "users delete"
    case usersResetFactors = "users reset-factors"
    case usersConsents = "users consents"
    case usersRevokeConsent = "users revoke-consent"
    case usersSessions = "users sessions"
    case usersEndSessions = "users end-sessions"
    case usersTokens = "users tokens"
    case usersRevokeTokens = "users revoke-tokens"
    case applicationsList = "applications list"
    case applicationsShow = "applications show"
    case applicationsApprove = "applications approve"
    case applicationsRefuse = "applications refuse"
    case applicationsResend = "applications resend"
    case keysList = "keys list"
    case keysGenerate = "keys generate"
    case keysImport = "keys import"
    case auditVerify = "audit verify"
    case auditCheckpoint = "audit checkpoint"
    case config
    case help

    /// The words after `martlet`.
    var words: [String] { rawValue.split(separator: " ").map(String.init) }

    /// The first word of the verbs that have two.
    static var groups: [String] {
        var groups: [String] = []
        for verb in allCases where verb.words.count == 2 && !groups.contains(verb.words[0]) {
            groups.append(verb.words[0])
        }
        return groups
    }
}

/// What may stand behind a verb.
struct Syntax {
    /// A word that is no option.
    struct Operand {
        let name: String
        var isOptional = false
    }

    /// `--name VALUE`, or `--name` alone when it takes no value.
    struct Option {
        let name: String
        var value: String?
        let summary: String
        var mayRepeat = false
    }

    let summary: String
    var operands: [Operand] = []
    var options: [Option] = []
}

extension Verb {
    /// Operands and options of each verb: the one table behind the parser and the help.
    var syntax: Syntax {
        switch self {
        case .serve: Syntax(summary: "Runs the server until SIGTERM; SIGHUP reloads certificate and keys.")
        case .migrate: Syntax(summary: "Brings the schema up to date, as the role that owns it.")
        case .clientsList: Self.clientsListSyntax
        case .clientsCreate: Self.clientsCreateSyntax
        case .clientsShow: Syntax(summary: "Shows a client.", operands: [.init(name: "CLIENT_ID")])
        case .clientsUpdate:
            Syntax(
                summary: "Changes the members named; null resets one.", operands: [.init(name: "CLIENT_ID")],
                options: [Self.metadata])
        case .clientsDelete:
            Syntax(
                summary: "Removes a client; every token of it is dead at once.", operands: [.init(name: "CLIENT_ID")])
        case .clientsRotateSecret:
            Syntax(
                summary: "Makes a new secret; the ones before work on for the grace.",
                operands: [.init(name: "CLIENT_ID")],
                options: [
                    .init(name: "grace", value: "SECONDS", summary: "0 to 2592000 (30 days); 86400 if left out")
                ])
        case .clientsSecrets:
            Syntax(
                summary: "Lists live secrets with the verdict whether anybody still uses them.",
                operands: [.init(name: "CLIENT_ID")])
        case .clientsRemoveSecret:
            Syntax(
                summary: "Ends one secret at once.",
                operands: [.init(name: "CLIENT_ID"), .init(name: "SECRET_ID")])
        case .clientsScopes, .clientsSetScope, .clientsDeleteScope, .clientsConsents, .clientsTokens,
            .clientsRevokeTokens, .usersConsents, .usersRevokeConsent, .usersSessions, .usersEndSessions, .usersTokens,
            .usersRevokeTokens:
            accessSyntax
        case .usersList: Self.usersListSyntax
        case .usersCreate: Self.usersCreateSyntax
        case .usersShow: Syntax(summary: "Shows a user.", operands: [.init(name: "USER_ID")])
        case .usersUpdate:
            Syntax(
                summary: "Changes the members named; null resets one. A new password ends the user's logins.",
                operands: [.init(name: "USER_ID")], options: [Self.metadata] + Self.password)
        case .usersDelete:
            Syntax(
                summary: "Removes a user with sessions, tokens and consents.", operands: [.init(name: "USER_ID")])
        case .usersResetFactors:
            Syntax(
                summary: "Takes away authenticator, recovery codes and passkeys of a user who has lost them.",
                operands: [.init(name: "USER_ID")])
        case .applicationsList, .applicationsShow, .applicationsApprove, .applicationsRefuse, .applicationsResend:
            applicationsSyntax
        case .keysList: Syntax(summary: "Lists signing keys that are not retired.")
        case .keysGenerate: Self.keysGenerateSyntax
        case .keysImport:
            Syntax(
                summary: "Takes over a PKCS#8 PEM key (RSA of 2048, 3072 or 4096 bits, or P-256).",
                operands: [.init(name: "FILE")], options: [Self.activation])
        case .auditVerify:
            Syntax(
                summary: "Checks that the audit log is as it was written; exits 1 and names what is not.",
                options: [
                    .init(
                        name: "checkpoint", value: "TEXT",
                        summary: "an earlier checkpoint; without one a tail that was cut off is not found")
                ])
        case .auditCheckpoint:
            Syntax(summary: "Prints the end of the audit log's chain, signed: keep it where the database is not.")
        case .config: Syntax(summary: "Prints every setting, its value and where it came from.")
        case .help:
            Syntax(
                summary: "Explains a verb, or the settings.",
                operands: [
                    .init(name: "VERB", isOptional: true), .init(name: "VERB", isOptional: true),
                ])
        }
    }

    static let paging: [Syntax.Option] = [
        .init(name: "limit", value: "N", summary: "1 to 200; 50 if left out"),
        .init(name: "cursor", value: "CURSOR", summary: "where the page begins: nextCursor of the page before"),
    ]

    private static let metadata = Syntax.Option(
        name: "metadata", value: "JSON", summary: "members as in the management API, as an object")

    private static let password: [Syntax.Option] = [
        .init(name: "password", value: "PASSWORD", summary: "seen by whoever lists processes: for tests"),
        .init(name: "password-stdin", summary: "reads the password from standard input"),
    ]

    private static let activation = Syntax.Option(
        name: "activate-in", value: "SECONDS",
        summary: "when it begins to sign; 600 if left out, so that verifiers know it by then, 0 for a first key")

    private static var clientsListSyntax: Syntax {
        Syntax(
            summary: "Lists clients by age.",
            options: [
                .init(name: "client-id", value: "CLIENT_ID", summary: "only the client of this id"),
                .init(name: "type", value: "TYPE", summary: "only CONFIDENTIAL or only PUBLIC clients"),
                .init(name: "scope", value: "SCOPES", summary: "only clients that are allowed all of these"),
                .init(name: "grant-type", value: "TYPE", summary: "only clients with this grant type"),
            ] + paging)
    }

    private static var clientsCreateSyntax: Syntax {
        Syntax(
            summary: "Registers a client and prints its secret, this once.",
            operands: [.init(name: "NAME", isOptional: true)],
            options: [
                .init(name: "public", summary: "a client that cannot keep a secret"),
                .init(name: "redirect-uri", value: "URI", summary: "where codes are sent", mayRepeat: true),
                .init(
                    name: "post-logout-redirect-uri", value: "URI", summary: "where a logout may lead back to",
                    mayRepeat: true),
                .init(name: "backchannel-logout-uri", value: "URI", summary: "where logout tokens are sent"),
                .init(name: "frontchannel-logout-uri", value: "URI", summary: "what browsers load at a logout"),
                .init(name: "scope", value: "SCOPES", summary: "allowed scopes, separated by spaces"),
                .init(name: "grant-type", value: "TYPE", summary: "authorization_code if left out", mayRepeat: true),
                .init(name: "first-party", summary: "spares the user the consent page"),
                metadata,
            ])
    }

    private static var usersListSyntax: Syntax {
        Syntax(
            summary: "Lists users by age.",
            options: [
                .init(name: "username", value: "NAME", summary: "only the user of this name"),
                .init(name: "email", value: "ADDRESS", summary: "only users of this address"),
                .init(name: "search", value: "TEXT", summary: "only users whose name or address begins like this"),
            ] + paging)
    }

    private static var usersCreateSyntax: Syntax {
        Syntax(
            summary: "Creates a user; without a password one is made and printed, this once.",
            operands: [.init(name: "USERNAME")],
            options: password + [
                .init(name: "name", value: "NAME", summary: "the full name"),
                .init(name: "email", value: "ADDRESS", summary: "the e-mail address"),
                .init(name: "email-verified", summary: "the address is known to be the user's"),
                .init(name: "role", value: "ROLE", summary: "a role", mayRepeat: true),
                .init(name: "tenant", value: "TENANT", summary: "the tenant"),
            ])
    }

    private static var keysGenerateSyntax: Syntax {
        Syntax(
            summary: "Makes a signing key; earlier ones go on verifying.",
            options: [
                .init(name: "algorithm", value: "ALG", summary: "RS256 (if left out) or ES256"),
                .init(name: "bits", value: "BITS", summary: "of an RSA key: 2048 (if left out), 3072 or 4096"),
                activation,
            ])
    }
}
