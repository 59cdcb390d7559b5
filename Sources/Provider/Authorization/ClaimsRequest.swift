public import JOSE

/// The `claims` request parameter (OpenID Connect Core §5.5).
public struct ClaimsRequest: Sendable, Equatable {
    /// One claim's wishes (§5.5.1).
    public struct Wish: Sendable, Equatable {
        /// Whether the client cannot do without.
        public var essential = false
        /// Values it wants, if it names any.
        public var values: [JSON] = []
    }

    /// Claims wished for at the UserInfo endpoint.
    public private(set) var userInfo: [String: Wish] = [:]
    /// Claims wished for in the ID token.
    public private(set) var idToken: [String: Wish] = [:]

    /// - Throws: `invalid_request` naming `claims` when the text is not an object of such objects.
    public init(parsing text: String) throws(OAuthError) {
        guard let members = (try? JSON.parse(text))?.object?.members else {
            throw .malformed("claims", "must be a JSON object")
        }
        for member in members {
            switch member.name {
            case "userinfo": userInfo = try Self.wishes(member.value)
            case "id_token": idToken = try Self.wishes(member.value)
            default: continue  // §5.5: members that are not understood are ignored.
            }
        }
    }

    /// The scopes whose claims are wished for: a claim asked for by name is told under the same conditions as by scope.
    var scopes: ScopeList {
        ScopeList((userInfo.keys.sorted() + idToken.keys.sorted()).compactMap(UserClaims.scope(of:)))
    }

    /// The wishes that these scopes cover, as the grant keeps them; nil when none is left.
    func granted(by scopes: ScopeList) -> String? {
        func names(_ wishes: [String: Wish]) -> JSON {
            let told = wishes.keys.sorted().filter { UserClaims.scope(of: $0).map(scopes.contains) ?? false }
            return .object(JSONObject(told.map { (name: $0, value: JSON.null) }))
        }
        let kept: JSON = ["userinfo": names(userInfo), "id_token": names(idToken)]
        let isEmpty = kept["userinfo"]?.object?.isEmpty ?? true && kept["id_token"]?.object?.isEmpty ?? true
        return isEmpty ? nil : kept.description
    }

    private static func wishes(_ json: JSON) throws(OAuthError) -> [String: Wish] {
        if json.isNull { return [:] }
        guard let members = json.object?.members else {
            throw .malformed("claims", "must have JSON objects as userinfo and id_token")
        }
        var wishes: [String: Wish] = [:]
        for member in members { wishes[member.name] = try wish(member.value) }
        return wishes
    }

    private static func wish(_ json: JSON) throws(OAuthError) -> Wish {
        var wish = Wish()
        if json.isNull { return wish }
        guard let members = json.object?.members else {
            throw .malformed("claims", "must have null or a JSON object for each claim")
        }
        for member in members {
            switch (member.name, member.value) {
            case ("essential", .bool(let essential)): wish.essential = essential
            case ("essential", _): throw .malformed("claims", "must have true or false as essential")
            case ("value", let value): wish.values.append(value)
            case ("values", .array(let values)): wish.values += values
            case ("values", _): throw .malformed("claims", "must have an array as values")
            default: continue
            }
        }
        return wish
    }
}
