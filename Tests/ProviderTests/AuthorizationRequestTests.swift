import Testing

@testable import Provider

@Suite("Authorization requests: RFC 6749 §4.1.1, RFC 7636 §4.3, OpenID Connect Core §3.1.2.1")
struct AuthorizationRequestTests {
    /// The error that goes back to the client; nil when there is none or it is a page.
    private func sentBack(_ parameters: Parameters, _ client: Client = client()) -> OAuthError? {
        do {
            _ = try request(parameters, client)
            return nil
        } catch {
            guard case .sendBack(let error, _) = error else { return nil }
            return error
        }
    }

    @Test(
        "RFC 6749 §4.1.2.1, CVE-2019-11269: an unverified redirect URI is never redirected to",
        arguments: [
            ["redirect_uri": nil], ["redirect_uri": ""], ["redirect_uri": "https://evil.example/cb"],
            ["redirect_uri": "https://evil.example/cb", "response_type": "token"],
        ] as [[String: String?]])
    func showsPage(changes: [String: String?]) {
        #expect(throws: AuthorizationRefusal.self) { try request(parameters(changes), client()) }
        #expect(sentBack(parameters(changes)) == nil)
    }

    @Test(
        "Each refusal has its code and names its parameter",
        arguments: [
            (["response_type": nil], OAuthError.Code.invalidRequest, "response_type"),
            (["response_type": "none"], .unsupportedResponseType, "response_type"),
            (["response_type": "token"], .unauthorizedClient, "response_type"),
            (["response_type": "code id_token"], .unauthorizedClient, "response_type"),
            (["response_mode": "fragments"], .invalidRequest, "response_mode"),
            (["response_mode": ""], .invalidRequest, "response_mode"),
            (["scope": "openid nothing"], .invalidScope, "scope"),
            (["scope": "openid \"x\""], .invalidScope, "scope"),
            (["scope": "openid\u{E9}"], .invalidScope, "scope"),
            (["code_challenge": nil], .invalidRequest, "code_challenge_method"),
            (["code_challenge": nil, "code_challenge_method": nil], .invalidRequest, "code_challenge"),
            (["code_challenge": ""], .invalidRequest, "code_challenge"),
            (["code_challenge": "short"], .invalidRequest, "code_challenge"),
            (["code_challenge_method": nil], .invalidRequest, "code_challenge_method"),
            (["code_challenge_method": "plain"], .invalidRequest, "code_challenge_method"),
            (["code_challenge_method": "s256"], .invalidRequest, "code_challenge_method"),
            (["prompt": "none login"], .invalidRequest, "prompt"),
            (["prompt": "sometimes"], .invalidRequest, "prompt"),
            (["max_age": "-1"], .invalidRequest, "max_age"),
            (["max_age": "1.5"], .invalidRequest, "max_age"),
            (["max_age": "99999999999"], .invalidRequest, "max_age"),
            (["claims": "{"], .invalidRequest, "claims"),
            (["claims": "[]"], .invalidRequest, "claims"),
            (["claims": #"{"userinfo": 1}"#], .invalidRequest, "claims"),
            (["claims": #"{"id_token": {"acr": {"essential": 1}}}"#], .invalidRequest, "claims"),
            (["id_token_hint": "abc"], .invalidRequest, "id_token_hint"),
            (["request": "x"], .requestNotSupported, "request"),
            (["state": String(repeating: "s", count: 16_384)], .invalidRequest, "state"),
            (["request_uri": "urn:x"], .requestURINotSupported, "request_uri"),
            (["registration": "{}"], .registrationNotSupported, "registration"),
            (["resource": "https://api.example"], .invalidTarget, "resource"),
            (["resource": "api"], .invalidTarget, "resource"),
        ] as [([String: String?], OAuthError.Code, String)])
    func refused(changes: [String: String?], code: OAuthError.Code, parameter: String) {
        let error = sentBack(parameters(changes))
        #expect(error?.code == code)
        #expect(error?.parameter == parameter)
    }

    @Test("RFC 6749 §3.1: parameters without a value count as left out, and what nobody knows is ignored and not kept")
    func nothingSaid() throws {
        let bare = ["request", "request_uri", "registration", "nonce", "prompt", "max_age", "claims", "id_token_hint"]
        let pairs = parameters().parked(AuthorizationRequest.parameterNames).map { (name: $0.key, value: $0.value) }
        let read = try request(Parameters(pairs + bare.map { ($0, "") } + [("resource", "")]), client())
        #expect(read.resources.isEmpty && read.nonce == nil && read.prompts.isEmpty)
        let junk = Parameters(pairs + [("junk", String(repeating: "x", count: 60_000)), ("resource", "")])
        _ = try request(junk, client())
        #expect(
            junk.parked(AuthorizationRequest.parameterNames) == parameters().parked(AuthorizationRequest.parameterNames)
        )
    }

    @Test("RFC 6749 §3.1: a repeated parameter is refused; state is only echoed when it stood once")
    func repeated() {
        let pairs =
            parameters().parked(AuthorizationRequest.parameterNames).map { (name: $0.key, value: $0.value) } + [
                (name: "state", value: "2")
            ]
        do {
            _ = try request(Parameters(pairs), client())
            Issue.record("accepted")
        } catch {
            guard case .sendBack(let refusal, let path) = error else {
                Issue.record("a page")
                return
            }
            #expect(refusal.parameter == "state")
            #expect(path.state == nil)
        }
    }

    @Test("CVE-2024-22258, CVE-2023-48228: no confidential client drops PKCE unless it was registered so")
    func downgrade() throws {
        let bare = parameters(["code_challenge": nil, "code_challenge_method": nil])
        #expect(sentBack(bare)?.parameter == "code_challenge")
        #expect(try request(bare, client { $0.requirePKCE = false }).codeChallenge == nil)
        #expect(sentBack(bare, client(.public) { $0.requirePKCE = false })?.parameter == "code_challenge")
    }

    @Test("Contract: scope left out means the defaults, never admin or offline_access")
    func scopeLeftOut() throws {
        let left = parameters(["scope": nil])
        #expect(try request(left, client()).scopes == ScopeList(["openid", "profile", "email"]))
        let withDefaults = client { $0.defaultScopes = ScopeList(["openid", "admin"]) }
        #expect(try request(left, withDefaults).scopes == ScopeList(["openid"]))
    }

    @Test("CVE-2026-75866: a scope outside the registration is refused")
    func scopeOutsideRegistration() {
        let narrow = client { $0.allowedScopes = ScopeList(["openid"]) }
        #expect(sentBack(parameters(["scope": "openid email"]), narrow)?.code == .invalidScope)
    }

    @Test("OpenID Connect Core §11: offline_access is ignored for a client without refresh tokens")
    func offlineWithoutRefresh() throws {
        let codeOnly = client { $0.grantTypes = [.authorizationCode] }
        let scopes = try request(parameters(["scope": "openid offline_access"]), codeOnly).scopes
        #expect(scopes == ScopeList(["openid"]))
    }
}
