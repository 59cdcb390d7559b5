import HTTP
import JOSE
import Provider

/// `/api/v1/users/signup`, `…/profile`, `…/reset-password` and `…/verify-email`: what people do with their own accounts,
/// by a program.
struct AccountAPI: Sendable {
    let provider: OpenIDProvider

    func signUp(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let body = try exchange.body()
        do {
            let user = try await provider.signUp(body, language: exchange.mailLanguage, trail: exchange.trail)
            return .json(user, status: .created)
        } catch {
            throw error.error
        }
    }

    /// 202 whoever was asked about, 204 when a link has set a password.
    func resetPassword(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let body = try exchange.body()
        let names = (body.object?.names ?? []).map(MemberName.camelCase)
        if names.contains("token") || names.contains("newPassword") {
            try await provider.resetPassword(body, language: exchange.mailLanguage, trail: exchange.trail)
            return .noContent
        }
        try await provider.requestPasswordReset(body, language: exchange.mailLanguage, trail: exchange.trail)
        return .accepted
    }

    /// 202 whoever was asked about, 204 when a link has confirmed an address.
    func verifyEmail(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let body = try exchange.body()
        switch try await provider.verifyEmail(body, language: exchange.mailLanguage, trail: exchange.trail) {
        case .asked: return .accepted
        case .confirmed: return .noContent
        }
    }

    func profile(_ exchange: Exchange) async throws(OAuthError) -> Response {
        .json(try await owner(exchange).user.json)
    }

    /// The token is looked at before the body.
    func changeProfile(_ exchange: Exchange) async throws(OAuthError) -> Response {
        let owner = try await owner(exchange)
        try exchange.requireMediaType(of: .json)
        return .json(try await provider.changeProfile(exchange.body(), of: owner, language: exchange.mailLanguage))
    }

    private func owner(_ exchange: Exchange) async throws(OAuthError) -> AccountOwner {
        let owner = try await provider.accountOwner(bearer: exchange.bearerToken(), trail: exchange.trail)
        exchange.trail = owner.trail
        return owner
    }
}

extension Exchange {
    /// The language of the mail that a request causes: that of the page its person would see.
    var mailLanguage: String { language().rawValue }
}

extension Response {
    /// It will be seen to; there is nothing to tell.
    fileprivate static var accepted: Response { .json([:], status: .accepted) }

    /// It is done; there is nothing to tell.
    fileprivate static var noContent: Response {
        Response(status: .noContent, headers: ["Cache-Control": "no-store", "Pragma": "no-cache"])
    }
}
