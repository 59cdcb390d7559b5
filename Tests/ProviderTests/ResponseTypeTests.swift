import Testing

@testable import Provider

@Suite(
    "Response types: RFC 6749 §3.1.1, §4.2, Multiple Response Type Encoding Practices, OpenID Connect Core §3.2, §3.3")
struct ResponseTypeTests {
    /// A client that may use every response type.
    private static let legacy = client {
        $0.profile = .legacy
        $0.grantTypes.insert(.implicit)
        $0.namedResponseTypes = Set(ResponseType.allCases)
    }
    private let nonce = ["nonce": "n-0S6_WzA2Mj"]

    private func refusal(
        _ changes: [String: String?], _ client: Client = legacy
    ) -> (error: OAuthError, path: ReturnPath)? {
        do {
            _ = try request(parameters(changes), client)
            return nil
        } catch {
            guard case .sendBack(let error, let path) = error else { return nil }
            return (error, path)
        }
    }

    @Test("RFC 6749 §3.1.1: the order of the words does not matter; anything else is no response type")
    func words() {
        #expect(ResponseType(words: "token id_token code") == .codeIDTokenToken)
        #expect(ResponseType(words: "id_token code") == .codeIDToken)
        for type in ResponseType.allCases { #expect(ResponseType(words: type.rawValue) == type) }
        for text in [
            "", " ", "none", "code code", "code  token", " code", "code ", "Code", "id_token,token", "code\ttoken",
            "token token", "code id_token token none",
        ] {
            #expect(ResponseType(words: text) == nil, "\(text)")
        }
    }

    @Test(
        "Multiple Response Types §5, RFC 6749 §4.2.2: what has tokens travels in the fragment unless a form is asked for"
    )
    func modes() throws {
        for type in ResponseType.allCases {
            var changes: [String: String?] = ["response_type": type.rawValue, "nonce": "n"]
            #expect(
                try request(parameters(changes), Self.legacy).returnPath.mode == (type == .code ? .query : .fragment))
            changes["response_mode"] = "form_post"
            #expect(try request(parameters(changes), Self.legacy).returnPath.mode == .formPost)
            changes["response_mode"] = "fragment"
            #expect(try request(parameters(changes), Self.legacy).returnPath.mode == .fragment)
            changes["response_mode"] = "query"
            let refused = refusal(changes)
            #expect((refused == nil) == (type == .code))
            #expect(refused.map { $0.error.parameter == "response_mode" && $0.path.mode == .fragment } ?? true)
        }
    }

    @Test(
        "Refusals of requests for tokens come by fragment, or by form where one was asked for (RFC 6749 §4.2.2.1)",
        arguments: [
            ["response_type": "token", "scope": "openid nothing"], ["response_type": "token", "prompt": "x"],
            ["response_type": "id_token none"], ["response_type": "token nonsense"],
            ["response_type": "code token", "code_challenge": "short"], ["response_type": "id_token"],
            ["response_type": "token", "response_mode": "web_message"],
            ["response_type": "token", "response_mode": ""],
        ] as [[String: String?]])
    func refusalsByFragment(changes: [String: String?]) throws {
        let mode = try #require(refusal(changes)).path.mode
        #expect(mode == .fragment)
        if changes["response_mode"] == nil {
            let byForm = changes.merging(["response_mode": "form_post"]) { $1 }
            #expect(refusal(byForm)?.path.mode == .formPost)
        }
    }

    @Test("OpenID Connect Core §3.2.2.1, §3.3.2.11: an ID token from the authorization endpoint needs nonce and openid")
    func nonceAndOpenID() throws {
        for type in ResponseType.allCases {
            let bare: [String: String?] = ["response_type": type.rawValue]
            #expect((refusal(bare)?.error.parameter == "nonce") == type.bringsIDToken)
            let withoutOpenID = bare.merging(["nonce": "n", "scope": "profile"]) { $1 }
            let refused = refusal(withoutOpenID)
            #expect((refused != nil) == type.bringsIDToken)
            #expect(refused.map { $0.error.code == .invalidScope && $0.error.parameter == "scope" } ?? true)
        }
    }

    @Test("RFC 7636: PKCE is for codes; without one a challenge is not asked for, but a method alone is still refused")
    func pkce() throws {
        for type in ResponseType.allCases {
            let bare: [String: String?] = [
                "response_type": type.rawValue, "nonce": "n", "code_challenge": nil, "code_challenge_method": nil,
            ]
            #expect((refusal(bare)?.error.parameter == "code_challenge") == type.bringsCode)
            #expect(refusal(bare.merging(["code_challenge_method": "S256"]) { $1 }) != nil)
            #expect(refusal(bare.merging(["code_challenge": "short"]) { $1 }) != nil)
        }
    }

    @Test("OpenID Connect Core §11: offline_access is ignored where no code comes of the request")
    func offline() throws {
        for type in ResponseType.allCases {
            let changes: [String: String?] = [
                "response_type": type.rawValue, "nonce": "n", "scope": "openid offline_access",
            ]
            let scopes = try request(parameters(changes), Self.legacy).scopes
            #expect(scopes.contains("offline_access") == type.bringsCode)
        }
    }

    @Test(
        "RFC 6749 §4.1.2.1, CVE-2026-75866: a response type that the client is not registered for is unauthorized_client"
    )
    func registered() {
        for registered in ResponseType.allCases {
            let client = client {
                $0.profile = .legacy
                $0.grantTypes.insert(.implicit)
                $0.namedResponseTypes = [registered]
            }
            for type in ResponseType.allCases {
                let refused = refusal(["response_type": type.rawValue, "nonce": "n"], client)?.error
                #expect((refused == nil) == (type == registered))
                #expect(refused.map { $0.code == .unauthorizedClient && $0.parameter == "response_type" } ?? true)
            }
        }
    }

    @Test("prompt=none: login_required and consent_required come by fragment, decided by the same next step")
    func promptNone() throws {
        let request = try request(
            parameters(["response_type": "id_token token", "nonce": "n", "prompt": "none"]), Self.legacy)
        let progress = Progress(login: nil, consented: ScopeList(), startedAt: noon, now: noon)
        guard case .fail(let error) = NextStep.decide(request, progress) else {
            Issue.record("not refused")
            return
        }
        #expect(error.code == .loginRequired)
        #expect(request.returnPath.response(error, issuer: "https://id.example").mode == .fragment)
    }
}
