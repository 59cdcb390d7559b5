import JOSE
import Testing

@testable import Provider

@Suite("The next step: OpenID Connect Core §3.1.2.3, §3.1.2.4, §3.1.2.6")
struct NextStepTests {
    private let asked = noon + 100

    private func step(
        _ changes: [String: String?] = [:], client: Client = client(), session: Session? = session(),
        user: User = user(), consented: [String] = ["openid"], at moment: Instant? = nil, decided: Bool = false,
        chosen: Bool = false, hint: UserID? = nil
    ) throws -> NextStep {
        let request = try request(parameters(changes), client, hint: { _ in hint })
        return NextStep.decide(
            request,
            Progress(
                login: session.map { ($0, user) }, consented: ScopeList(consented), startedAt: asked,
                now: moment ?? asked, accountChosen: chosen, consentDecided: decided))
    }

    @Test("Logged in and consented: the answer leaves at once")
    func respond() throws {
        #expect(try step() == .respond)
    }

    @Test(
        "§3.1.2.3: nobody is logged in, or the request wants it anew",
        arguments: [
            ([:], true, LoginReason.noSession), (["prompt": "login"], false, .prompt),
            (["max_age": "99"], false, .maxAge),
            (["max_age": "0"], false, .maxAge), (["prompt": "select_account"], false, .selectAccount),
        ] as [([String: String?], Bool, LoginReason)])
    func logIn(changes: [String: String?], loggedOut: Bool, reason: LoginReason) throws {
        #expect(try step(changes, session: loggedOut ? nil : session()) == .logIn(reason))
    }

    @Test(
        "§3.1.2.3: a login after the request began satisfies prompt=login and max_age",
        arguments: [
            ["prompt": "login"], ["max_age": "0"], ["prompt": "login select_account"],
        ] as [[String: String?]])
    func freshLogin(changes: [String: String?]) throws {
        #expect(try step(changes, session: session(authTime: asked + 1), at: asked + 1) == .respond)
    }

    @Test(
        "Contract, sessionTtl: a login counts for a client as long as its registration says, and max_age may say less")
    func ownSessionLifetime() throws {
        let strict = client { $0.lifetimes.session = 100 }
        #expect(try step(client: strict, at: noon + 99) == .respond)
        #expect(try step(client: strict, at: noon + 100) == .logIn(.maxAge))
        #expect(try step(["max_age": "50"], client: strict, at: noon + 60) == .logIn(.maxAge))
        #expect(try step(["max_age": "500"], client: strict, at: noon + 100) == .logIn(.maxAge))
        #expect(try step(client: strict, session: session(authTime: asked + 1), at: asked + 1) == .respond)
    }

    @Test("§3.1.2.1: prompt=select_account ends with the choice")
    func chosen() throws {
        #expect(try step(["prompt": "select_account"], chosen: true) == .respond)
    }

    @Test("§3.1.2.6: prompt=none answers login_required and consent_required instead of asking")
    func none() throws {
        func code(_ step: NextStep) -> OAuthError.Code? {
            if case .fail(let error) = step { error.code } else { nil }
        }
        #expect(code(try step(["prompt": "none"], session: nil)) == .loginRequired)
        #expect(code(try step(["prompt": "none", "max_age": "1"])) == .loginRequired)
        #expect(code(try step(["prompt": "none", "scope": "openid email"])) == .consentRequired)
        #expect(code(try step(["prompt": "none", "id_token_hint": "x"], hint: UserID("other"))) == .loginRequired)
        #expect(try step(["prompt": "none"]) == .respond)
    }

    @Test("§3.1.2.4: consent is asked for what is missing, and again with prompt=consent")
    func consent() throws {
        #expect(try step(["scope": "openid email"]) == .askConsent(missing: ScopeList(["email"])))
        #expect(try step(["prompt": "consent"]) == .askConsent(missing: ScopeList()))
        #expect(try step(["prompt": "consent"], decided: true) == .respond)
    }

    @Test("Contract: first-party clients skip the page, but offline_access is asked the first time")
    func firstParty() throws {
        let own = client { $0.firstParty = true }
        #expect(try step(["scope": "openid email"], client: own, consented: []) == .respond)
        let offline = ["scope": "openid offline_access"]
        #expect(try step(offline, client: own, consented: []) == .askConsent(missing: ScopeList(["offline_access"])))
        #expect(try step(offline, client: own, consented: ["offline_access"]) == .respond)
    }

    @Test("§3.1.2.2: a hint of another user asks for a login, and fails when still another logs in")
    func hintOfAnother() throws {
        #expect(try step(["id_token_hint": "x"], hint: UserID("other")) == .logIn(.otherUser))
        let fresh = session(authTime: asked + 1)
        guard case .fail(let error) = try step(["id_token_hint": "x"], session: fresh, hint: UserID("other")) else {
            Issue.record("not refused")
            return
        }
        #expect(error.code == .loginRequired)
    }

    @Test("The scope admin is for users with the role admin")
    func adminScope() throws {
        guard case .fail(let error) = try step(["scope": "admin"], consented: ["admin"]) else {
            Issue.record("not refused")
            return
        }
        #expect(error.code == .accessDenied)
        #expect(try step(["scope": "admin"], user: user(roles: ["admin"]), consented: ["admin"]) == .respond)
    }

    @Test("A client of a tenant serves its users alone")
    func tenant() throws {
        guard case .fail = try step(client: client { $0.tenantID = "a" }) else {
            Issue.record("not refused")
            return
        }
    }

    @Test("CVE-2026-75866: a claim asked for by name needs the consent of its scope, and the client's right to it")
    func claimsNeedConsent() throws {
        let wishes = ["claims": #"{"userinfo":{"email":null,"phone_number":null}}"#]
        #expect(try step(wishes) == .askConsent(missing: ScopeList(["email"])))
        #expect(try step(wishes, consented: ["openid", "email"]) == .respond)
        let narrow = client { $0.allowedScopes = ScopeList(["openid"]) }
        #expect(try step(wishes, client: narrow) == .respond)
        let request = try request(parameters(wishes), client())
        #expect(request.claims?.granted(by: ScopeList(["openid", "email"]))?.contains("phone") == false)
        #expect(request.claims?.granted(by: ScopeList(["openid"])) == nil)
    }

    @Test("OpenID Connect Core §5.5.1: any of the values of sub will do, in either list")
    func claimedSubject() throws {
        #expect(try step(["claims": #"{"id_token":{"sub":{"values":["other","u1"]}}}"#]) == .respond)
        #expect(try step(["claims": #"{"userinfo":{"sub":{"value":"other"}}}"#]) == .logIn(.otherUser))
    }
}
