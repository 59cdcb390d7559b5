import JOSE
import Provider

/// The members of clients (RFC 7591 §2 in camelCase, and Martlet's own) as bodies take and answers show them.
enum ClientSchemas {
    static let all: [(name: String, schema: Schema)] = [
        ("Client", .object(shown)),
        ("ClientWithSecret", .object(shown + [.optional("clientSecret", .string, "Of confidential clients.")])),
        ("NewClient", named(.closed(settable + names))),
        ("ClientReplacement", named(.closed(settable + names + fixed))),
        ("ClientChange", exclusive(.closed(settable + names + fixed))),
        ("Secret", secret),
    ]

    /// A member that bodies set and answers show.
    private struct Member {
        let name: String
        let schema: Schema
        let words: String?
        /// Whether answers have null where it is not set.
        let isNullable: Bool

        init(_ name: String, _ schema: Schema, _ words: String? = nil, isNullable: Bool = false) {
            self.name = name
            self.schema = schema
            self.words = words
            self.isNullable = isNullable
        }
    }

    private static let day = 86_400

    private static let members: [Member] = [
        Member("type", .among(Client.Kind.self), "It never changes."),
        Member("profile", .among(Client.Profile.allCases.filter(\.isServed).map(\.rawValue)), "The rules it lives by."),
        Member(
            "tokenEndpointAuthMethod", .among(Client.AuthenticationMethod.self),
            "Confidential clients that name none may use both methods.", isNullable: true),
        Member("redirectUris", .set(of: .uri), "Compared as strings."),
        Member("postLogoutRedirectUris", .set(of: .uri)),
        Member("grantTypes", .set(of: .among(GrantType.self))),
        Member("responseTypes", .set(of: .among(ResponseType.self))),
        Member("allowedScopes", .set(of: .text(0...2000)), "Scopes that exist."),
        Member(
            "defaultScopes", .set(of: .text(0...2000)), "What a request without `scope` asks for.", isNullable: true),
        Member("requirePkce", .boolean), Member("firstParty", .boolean, "Users are not asked."),
        Member("mayIntrospect", .boolean, "It may look at others' tokens."),
        Member("tenantId", .text(0...200), "Without one it serves all tenants.", isNullable: true),
        Member("allowedResources", .set(of: .uri), "RFC 8707."),
        Member("defaultAudience", .uri, "The `aud` of tokens without `resource`.", isNullable: true),
        Member("allowedOrigins", .set(of: .uri), "Beside those of the redirect URIs."),
        Member("allowedCidrs", .set(of: .text(1...100)), "Addresses that it may be used from."),
        Member("idTokenSignedResponseAlg", .among(SigningAlgorithm.self)),
        Member("accessTokenSignedResponseAlg", .among(SigningAlgorithm.self)),
        Member("accessTokenTtl", .integer(1, 30 * day), "Seconds.", isNullable: true),
        Member("idTokenTtl", .integer(1, 30 * day), "Seconds.", isNullable: true),
        Member("refreshTokenTtl", .integer(1, 400 * day), "Seconds.", isNullable: true),
        Member("authorizationCodeTtl", .integer(1, 600), "Seconds.", isNullable: true),
        Member("sessionTtl", .integer(60, 400 * day), "Seconds.", isNullable: true),
        Member("refreshRotation", .boolean, "Public clients' tokens always rotate."),
        Member("refreshGraceSeconds", .integer(0, 300)), Member("claimMappings", .list(of: mapping, 0...50)),
        Member("backchannelLogoutUri", .uri, isNullable: true), Member("backchannelLogoutSessionRequired", .boolean),
        Member("frontchannelLogoutUri", .uri, isNullable: true), Member("frontchannelLogoutSessionRequired", .boolean),
    ]

    /// What clients say of themselves; answers have what was said.
    private static let presentation: [Member] =
        ["clientUri", "logoUri", "policyUri", "tosUri", "initiateLoginUri"].map { Member($0, .uri) } + [
            Member("softwareId", .text(0...200)), Member("softwareVersion", .text(0...200)),
            Member("contacts", .set(of: .text(0...2000))),
        ]

    private static let mapping = Schema.closed([
        .required("source", .among(UserAttribute.all.map(\.name)), "What is known of users."),
        .required(
            "claim", .string(1...200, pattern: "^[\\x21-\\x7E]+$"),
            "The name it is told under: no reserved one; `tenant_id`, `roles` and verified addresses from their own source."
        ),
        .required("targets", .set(of: .among(ClaimTarget.self), 1...3), "Where it is told."),
    ])

    private static let settable =
        (members + presentation).map { Schema.Member.optional($0.name, $0.schema.orNull, $0.words) } + [
            .optional("confidential", Schema.boolean.orNull, "Another way to say the type."),
            .optional("scope", Schema.scopeLine.orNull, "Another way to say `allowedScopes`: separated by spaces."),
        ]

    /// A name with something to see in it, by either member.
    private static let names: [Schema.Member] = ["name", "clientName"].map {
        .optional($0, .string(1...200, pattern: Schema.visible))
    }

    private static let fixed: [Schema.Member] =
        Operation.Group.fixed + [.optional("clientId", .text(0...2000).orNull, "As it is.")]

    private static func named(_ schema: Schema) -> Schema { exclusive(schema).withOne(of: ["name", "clientName"]) }

    private static func exclusive(_ schema: Schema) -> Schema { schema.without(both: ["scope", "allowedScopes"]) }

    private static let shown: [Schema.Member] =
        [.required("id", .id), .required("clientId", .id, "The same as `id`."), .required("name", .string)]
        + members.map { .required($0.name, $0.isNullable ? $0.schema.orNull : $0.schema, $0.words) }
        + presentation.map { .optional($0.name, $0.schema, $0.words) }
        + [.required("createdAt", .time), .required("updatedAt", .time)]

    private static let secret = Schema.object([
        .required("id", .id), .required("createdAt", .time), .required("expiresAt", Schema.time.orNull),
        .required("lastUsedAt", Schema.time.orNull), .required("useCount", .integer(0)),
        .required("verdict", .among(["current", "in_use", "safe_to_remove"]), "Whether anybody still needs it."),
    ])
}
