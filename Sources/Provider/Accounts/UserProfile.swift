import JOSE

/// The members of a user in management bodies: Martlet's own and the OpenID standard claims (Core §5.1) in camelCase or
/// as the claims are named.
struct UserProfile {
    private var reader: MemberReader

    /// - Throws: `invalid_request` when the body is no object.
    init(_ body: JSON) throws(OAuthError) { reader = try MemberReader(body) }

    mutating func username() throws(OAuthError) -> String? { try reader.string("username", limit: 256) }

    /// A password, whatever it is like: ``PasswordPolicy`` judges it.
    mutating func password(_ member: String = "password") throws(OAuthError) -> String? {
        guard let value = reader.take(member), !value.isNull else { return nil }
        guard let password = value.string else { throw .member(member, "must be a string") }
        return password
    }

    /// Sets every other member that was named, as an administrator may. Another address counts as not confirmed unless the
    /// body says that it is.
    mutating func apply(to user: inout User) throws(OAuthError) {
        if reader.has("email") {
            let email = try reader.string("email", limit: 254)
            if let email, !Self.isEmail(email) { throw .member("email", "must be an e-mail address") }
            if email != user.email { user.emailVerified = false }
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

    /// Sets what people may say of themselves, in the form that ``ProfileRules`` asks for. What only the server or an
    /// administrator decides may be named if it stays as it is, so that a profile can be sent back as it was read.
    ///
    /// - Parameter keepsReadOnly: whether such members may be named at all; at sign-up there is nothing to keep.
    mutating func applyOwn(to user: inout User, keepsReadOnly: Bool) throws(OAuthError) {
        if keepsReadOnly { try takeUnchanged(of: user) }
        if reader.has("email") {
            let email = try reader.string("email", limit: 254)
            if let email, EmailAddress(email) == nil { throw .member("email", "must be an e-mail address") }
            if email != user.email { user.emailVerified = false }
            user.email = email
        }
        let number = user.claims["phone_number"]
        for claim in ClaimName.texts where reader.has(MemberName.camelCase(claim)) {
            let member = MemberName.camelCase(claim)
            let text = try reader.string(member, limit: 1000)
            if let text, let problem = ProfileRules.problem(claim, text) { throw .member(member, problem) }
            user.claims[claim] = text.map { .string($0) }
        }
        if user.claims["phone_number"] != number { user.claims["phone_number_verified"] = nil }
        if reader.has("address") { user.claims["address"] = try Self.address(reader.take("address")) }
        try reader.refuseRest()
    }

    /// What never changes may be repeated, as it stands in an answer.
    mutating func takeFixed(of user: User) throws(OAuthError) {
        if let id = try reader.string("id"), id != user.id.text { throw .member("id", "cannot be changed") }
        for member in ["createdAt", "updatedAt"] { try reader.skipTime(member) }
    }

    /// Takes out what nobody changes about themselves.
    private mutating func takeUnchanged(of user: User) throws(OAuthError) {
        try takeFixed(of: user)
        let standing = user.json
        for member in ["username", "emailVerified", "phoneNumberVerified", "roles", "tenantId"] {
            guard let value = reader.take(member), value != standing[member] ?? .null else { continue }
            throw .member(member, "cannot be changed here")
        }
    }

    /// One `@` with something on both sides, no spaces: whether mail arrives is found out by sending some.
    static func isEmail(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && !text.contains(" ")
    }

    /// OpenID Connect Core §5.1.1: a whole address and a street may take several lines.
    private static func address(_ value: JSON?) throws(OAuthError) -> JSON? {
        guard let value, !value.isNull else { return nil }
        guard let object = value.object else { throw .member("address", "must be an object") }
        let ofLines: Set = ["formatted", "street_address"]
        let known = ofLines.union(["locality", "region", "postal_code", "country"])
        var members: [(name: String, value: JSON)] = []
        var reader = try MemberReader(value)
        for name in known.sorted() {
            let member = MemberName.camelCase(name)
            let text =
                ofLines.contains(name)
                ? try reader.lines(member, limit: 1000) : try reader.string(member, limit: 1000)
            if let text {
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
