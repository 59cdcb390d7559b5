/// What a client's profile, grant types and response types must be together (RFC 7591 §2.1, OpenID Connect Dynamic Client
/// Registration §2).
enum GrantRules {
    /// - Throws: `invalid_client_metadata` naming the member that contradicts the others.
    static func check(_ client: Client) throws(OAuthError) {
        let grants = GrantType.allCases.filter(client.grantTypes.contains)
        let types = ResponseType.allCases.filter(client.responseTypes.contains)
        if client.profile != .legacy {
            if let grant = grants.first(where: \.isLegacy) {
                throw refusal("grantTypes", "has \(grant.rawValue), which only the profile legacy allows")
            }
            if let type = types.first(where: \.isLegacy) {
                throw refusal("responseTypes", "has \(type.rawValue), which only the profile legacy allows")
            }
        }
        for type in types {
            if let missing = GrantType.allCases.first(where: {
                type.grantTypes.contains($0) && !client.grantTypes.contains($0)
            }) {
                throw refusal(
                    "responseTypes", "has \(type.rawValue), which needs the grant type \(missing.rawValue)")
            }
        }
        for grant in grants where grant == .authorizationCode || grant == .implicit {
            guard types.contains(where: { $0.grantTypes.contains(grant) }) else {
                throw refusal("responseTypes", "has none that the grant type \(grant.rawValue) is for")
            }
        }
    }

    private static func refusal(_ member: String, _ problem: String) -> OAuthError {
        .member(member, problem, code: .invalidClientMetadata)
    }
}
