import HTTP
import JOSE
import Provider

/// What a person says of themselves.
extension AccountEndpoint {
    func saveProfile(_ visitor: Visitor, _ exchange: Exchange) async throws(OAuthError) -> Response {
        var given: [String: String] = [:]
        var members: [(name: String, value: JSON)] = []
        for field in ProfileSection.claims + [ProfileSection.email] {
            guard let text = visitor.form[field]?.trimmed else { continue }
            given[field] = text
            // What is not touched stays, also if it has not the form that is asked for today.
            if text != ProfileSection.standing(field, of: visitor.user) {
                members.append((field, text.isEmpty ? .null : .string(text)))
            }
        }
        guard !members.isEmpty else { return done(.profile) }
        do {
            _ = try await provider.changeProfile(
                .object(JSONObject(members)), of: visitor.user, password: visitor.form[ProfileSection.password],
                in: visitor.form.browser, language: exchange.mailLanguage, trail: exchange.trail)
            return done(.profile)
        } catch {
            let problem = try Self.profileProblem(error, exchange)
            return page(exchange, visitor.form.browser, visitor.session, visitor.user) { page, sections in
                (page.status, page.retryAfter) = (problem.status, problem.retryAfter)
                sections.profile.problem = problem
                sections.profile.given = given
            }
        }
    }

    private static func profileProblem(
        _ refusal: ProofRefusal, _ exchange: Exchange
    ) throws(OAuthError) -> ProfileSection.Problem {
        switch refusal {
        case .malformed(let error):
            exchange.error = error
            let field = (ProfileSection.claims + [ProfileSection.email]).first {
                MemberName.camelCase($0) == error.parameter
            }
            return .malformed(field: field ?? "")
        case .wrongPassword, .newPassword:
            exchange.error = OAuthError(.accessDenied, "Wrong password.")
            return .wrongPassword
        case .throttled(let seconds):
            exchange.error = OAuthError(.tooManyRequests, "Too many wrong passwords.")
            return .throttled(seconds: seconds)
        case .failed(let error):
            guard error.code == .temporarilyUnavailable else { throw error }
            exchange.error = error
            return .unavailable(seconds: error.retryAfter ?? 2)
        }
    }
}

/// A new password.
extension AccountEndpoint {
    func changePassword(_ visitor: Visitor, _ exchange: Exchange) async throws(OAuthError) -> Response {
        do {
            let loggedIn = try await provider.changePassword(
                of: (visitor.session, visitor.user), from: visitor.form["current_password"] ?? "",
                to: visitor.form["new_password"] ?? "", in: visitor.form.browser, cookie: visitor.cookie,
                language: exchange.mailLanguage, trail: exchange.trail)
            var response = done(.password)
            steps.sessions.set(loggedIn, on: &response, of: exchange)
            return response
        } catch {
            let problem = try Self.passwordProblem(error, exchange)
            return page(exchange, visitor.form.browser, visitor.session, visitor.user) { page, sections in
                (page.status, page.retryAfter) = (problem.status, problem.retryAfter)
                sections.password.problem = problem
            }
        }
    }

    private static func passwordProblem(
        _ refusal: ProofRefusal, _ exchange: Exchange
    ) throws(OAuthError) -> PasswordSection.Problem {
        switch refusal {
        case .newPassword(let problem):
            exchange.error = OAuthError(.invalidRequest, "The new password is refused.", parameter: "new_password")
            return .newPassword(problem)
        case .wrongPassword, .malformed:
            exchange.error = OAuthError(.accessDenied, "Wrong password.")
            return .wrongPassword
        case .throttled(let seconds):
            exchange.error = OAuthError(.tooManyRequests, "Too many wrong passwords.")
            return .throttled(seconds: seconds)
        case .failed(let error):
            guard error.code == .temporarilyUnavailable else { throw error }
            exchange.error = error
            return .unavailable(seconds: error.retryAfter ?? 2)
        }
    }
}

extension String {
    /// Without white space at either end.
    fileprivate var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
