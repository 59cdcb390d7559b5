import JOSE

/// Something known of a user, by the name that the management API has for it: `username`, `givenName`, `roles` …
public struct UserAttribute: Sendable, Hashable {
    /// The member's name in camelCase.
    public let name: String
    /// The claim that tells the same.
    let claim: String

    private init(name: String, claim: String) {
        self.name = name
        self.claim = claim
    }

    /// All there are, in the order of the user's own claims.
    public static let all: [UserAttribute] = UserClaims.allNames.map { claim in
        switch claim {
        case "sub": UserAttribute(name: "id", claim: claim)
        case "preferred_username": UserAttribute(name: "username", claim: claim)
        default: UserAttribute(name: MemberName.camelCase(claim), claim: claim)
        }
    }

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// The attribute of this name, in either spelling; nil when there is none.
    public init?(_ name: String) {
        guard let known = Self.byName[MemberName.camelCase(name)] else { return nil }
        self = known
    }

    /// The scope that users are asked for before it is told; nil for the id, which every token has.
    var scope: String? { UserClaims.scope(of: claim) }

    /// What it is of this user; nil where the user has none.
    func value(of user: User) -> JSON? {
        claim == "sub" ? .string(user.id.text) : UserClaims(user).named([claim]).first?.value
    }
}
