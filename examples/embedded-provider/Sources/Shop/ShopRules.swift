import JOSE
import Provider

/// Customers stay signed in for a month, and their access tokens live for five minutes.
struct ShopLifetimes: LifetimeRule {
    func seconds(for request: LifetimeRequest) -> Int {
        switch request.subject {
        case .session: 30 * 86_400
        case .accessToken: 300
        case .authorizationCode, .idToken, .refreshToken: request.standard
        }
    }
}

/// What the shop knows of its customers and the provider does not.
struct ShopClaims: ClaimsSource {
    func claims(for request: ClaimsSourceRequest) async throws(OAuthError) -> JSONObject {
        guard let user = request.user, request.scopes.contains("profile") else { return JSONObject() }
        return JSONObject([("customer_number", .string("C-" + user.username.uppercased()))])
    }
}
