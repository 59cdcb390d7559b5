import JOSE

/// What Martlet tells of a user (OpenID Connect Core §5.1), and for which scope (§5.4).
struct UserClaims {
    private let user: User

    init(_ user: User) { self.user = user }

    /// Claims of each scope; `roles` and `tenant_id` are Martlet's own.
    static let byScope: [(scope: String, claims: [String])] = [
        (
            "profile",
            [
                "name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile",
                "picture", "website", "gender", "birthdate", "zoneinfo", "locale", "updated_at", "tenant_id", "roles",
            ]
        ),
        ("email", ["email", "email_verified"]),
        ("address", ["address"]),
        ("phone", ["phone_number", "phone_number_verified"]),
    ]

    /// The scope that a claim comes with; nil for `sub` and names that no claim has.
    static func scope(of claim: String) -> String? { byScope.first { $0.claims.contains(claim) }?.scope }

    /// Every claim there may be, `sub` first: for discovery.
    static var allNames: [String] { ["sub"] + byScope.flatMap(\.claims) }

    /// The claims of these scopes that the user has.
    func granted(by scopes: ScopeList) -> [(name: String, value: JSON)] {
        named(Self.byScope.filter { scopes.contains($0.scope) }.flatMap(\.claims))
    }

    /// The claims of these names that the user has; names that no claim has are passed over.
    func named(_ names: [String]) -> [(name: String, value: JSON)] {
        names.compactMap { name in value(of: name).map { (name, $0) } }
    }

    private func value(of name: String) -> JSON? {
        switch name {
        case "preferred_username": .string(user.username)
        case "updated_at": .integer(user.updatedAt.seconds)
        case "email": user.email.map { .string($0) }
        case "email_verified": user.email == nil ? nil : .bool(user.emailVerified)
        case "tenant_id": user.tenantID.map { .string($0) }
        case "roles": .array(user.roles.map { .string($0) })
        default: Self.isStored(name) ? user.claims[name] : nil
        }
    }

    /// Whether a user's profile may have a claim of this name: the standard ones and nothing that a token decides by.
    static func isStored(_ name: String) -> Bool { storedNames.contains(name) }

    private static let storedNames: Set<String> = Set(byScope.flatMap(\.claims)).subtracting([
        "preferred_username", "updated_at", "email", "email_verified", "tenant_id", "roles",
    ])
}
