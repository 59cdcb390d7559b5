import JOSE

/// The members of a user in management bodies: Martlet's own and the OpenID standard claims (Core §5.1) in camelCase or
/// as the claims are named.
struct UserProfile {
    private var reader: MemberReader

    /// Fewest characters of a password.
    static let shortestPassword = 12
    /// Most bytes of a password, so that hashing cannot be made dear.
    static let longestPassword = 1024

    /// - Throws: `invalid_request` when the body is no object.
    init(_ body: JSON) throws(OAuthError) { reader = try MemberReader(body) }

    mutating func username() throws(OAuthError) -> String? { try reader.string("username", limit: 256) }

    /// A password of acceptable length. Every character is allowed but NUL, which scrypt's HMAC cannot tell from padding.
    mutating func password() throws(OAuthError) -> String? {
        guard let value = reader.take("password"), !value.isNull else { return nil }
        guard let password = value.string else { throw .member("password", "must be a string") }
        guard password.count >= Self.shortestPassword else {
            throw .member("password", "must have at least \(Self.shortestPassword) characters")
        }
        guard !password.utf8.contains(0) else { throw .member("password", "has a NUL character") }
        guard password.utf8.count <= Self.longestPassword else {
            throw .member("password", "must have at most \(Self.longestPassword) bytes")
        }
        return password
    }

    /// Sets every other member that was named.
    mutating func apply(to user: inout User) throws(OAuthError) {
        if reader.has("email") {
            let email = try reader.string("email", limit: 254)
            if let email, !Self.isEmail(email) { throw .member("email", "must be an e-mail address") }
            user.email = email
        }
        if reader.has("emailVerified") { user.emailVerified = try reader.bool("emailVerified") ?? false }
        if reader.has("roles") { user.roles = try reader.strings("roles") ?? [] }
        if reader.has("tenantId") { user.tenantID = try reader.string("tenantId", limit: 200) }
        for claim in ClaimName.texts where reader.has(MemberName.camelCase(claim)) {
            user.claims[claim] = try reader.string(MemberName.camelCase(claim), limit: 1000).map { .string($0) }
        }
        if reader.has("phoneNumberVerified") {
            user.claims["phone_number_verified"] = try reader.bool("phoneNumberVerified").map { .bool($0) }
        }
        if reader.has("address") { user.claims["address"] = try Self.address(reader.take("address")) }
        try reader.refuseRest()
    }

    /// One `@` with something on both sides, no spaces: whether mail arrives is found out by sending some.
    static func isEmail(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && !text.contains(" ")
    }

    /// OpenID Connect Core §5.1.1.
    private static func address(_ value: JSON?) throws(OAuthError) -> JSON? {
        guard let value, !value.isNull else { return nil }
        guard let object = value.object else { throw .member("address", "must be an object") }
        let known: Set = ["formatted", "street_address", "locality", "region", "postal_code", "country"]
        var members: [(name: String, value: JSON)] = []
        var reader = try MemberReader(value)
        for name in known.sorted() {
            if let text = try reader.string(MemberName.camelCase(name), limit: 1000) {
                members.append((name, .string(text)))
            }
        }
        try reader.refuseRest()
        return object.isEmpty ? nil : .object(JSONObject(members))
    }
}

/// Standard claims that are plain texts in a profile.
enum ClaimName {
    static let texts = [
        "name", "family_name", "given_name", "middle_name", "nickname", "profile", "picture", "website", "gender",
        "birthdate", "zoneinfo", "locale", "phone_number",
    ]
}
