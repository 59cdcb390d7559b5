import JOSE
import Testing

@testable import Provider

@Suite(
    "Profiles, grant types and response types of clients: RFC 7591 §2.1, OpenID Connect Dynamic Client Registration §2")
struct GrantRulesTests {
    private func made(_ members: String, profile: Client.Profile = .standard) throws -> Client {
        try ClientMetadata.client(
            JSON.parse(#"{"name":"A","redirectUris":["https://a.example/"],"# + members + "}"), id: ClientID("c"),
            knownScopes: ["openid"], profile: profile, at: noon)
    }

    private func refusal(_ members: String) -> OAuthError? {
        do {
            _ = try made(members)
            return nil
        } catch { return error as? OAuthError }
    }

    @Test(
        "Each contradiction is invalid_client_metadata and names the member",
        arguments: [
            (#""grantTypes":["password"]"#, "grantTypes", "password"),
            (#""grantTypes":["implicit"]"#, "grantTypes", "implicit"),
            (#""type":"PUBLIC","grantTypes":["authorization_code","password"]"#, "grantTypes", "password"),
            (#""profile":"default","grantTypes":["authorization_code","implicit"]"#, "grantTypes", "implicit"),
            (#""responseTypes":["token"]"#, "responseTypes", "token"),
            (#""responseTypes":["id_token"]"#, "responseTypes", "id_token"),
            (#""responseTypes":["code","code token"]"#, "responseTypes", "code token"),
            (#""responseTypes":["token id_token code"]"#, "responseTypes", "code id_token token"),
            (#""responseTypes":["none"]"#, "responseTypes", nil),
            (#""responseTypes":["code","code code"]"#, "responseTypes", nil),
            (#""grantTypes":["client_credentials"],"responseTypes":["code"]"#, "responseTypes", "authorization_code"),
            (
                #""grantTypes":["client_credentials"],"responseTypes":["code id_token"]"#, "responseTypes",
                "authorization"
            ),
            (#""profile":"legacy","responseTypes":["code token"]"#, "responseTypes", "implicit"),
            (#""profile":"legacy","responseTypes":["code","id_token"]"#, "responseTypes", "implicit"),
            (
                #""profile":"legacy","grantTypes":["implicit"],"responseTypes":["code"]"#, "responseTypes",
                "authorization"
            ),
            (
                #""profile":"legacy","grantTypes":["authorization_code","implicit"],"responseTypes":["token"]"#,
                "responseTypes", "authorization_code"
            ),
            (
                #""profile":"legacy","grantTypes":["authorization_code","implicit"],"responseTypes":["code"]"#,
                "responseTypes", "implicit"
            ),
            (#""grantTypes":["authorization_code","device"]"#, "grantTypes", "client_credentials"),
        ] as [(String, String, String?)])
    func contradictions(members: String, member: String, named: String?) throws {
        let error = try #require(refusal(members))
        #expect(error.code == .invalidClientMetadata)
        #expect(error.parameter == member)
        if let named { #expect(error.description.contains(named)) }
    }

    @Test("RFC 6749 §3.1.2.2: the implicit grant needs redirect URIs")
    func redirectURIs() throws {
        #expect(refusal(#""profile":"legacy","grantTypes":["implicit"],"redirect_uris":null"#)?.parameter != nil)
        let none = #"{"name":"A","profile":"legacy","grantTypes":["implicit"]}"#
        let error = try #require(throws: OAuthError.self) {
            try ClientMetadata.client(JSON.parse(none), id: ClientID("c"), knownScopes: [], at: noon)
        }
        #expect(error.code == .invalidRedirectURI && error.parameter == "redirectUris")
    }

    @Test("Contract: without a word about it a client has the code flow and nothing else, public or not")
    func defaults() throws {
        for kind in ["PUBLIC", "CONFIDENTIAL"] {
            let client = try made(#""type":"\#(kind)""#)
            #expect(client.profile == .standard)
            #expect(client.grantTypes == [.authorizationCode])
            #expect(client.responseTypes == [.code])
            // Even where the server's own profile allows more, nobody gets it without asking.
            #expect(try made(#""type":"\#(kind)""#, profile: .legacy).grantTypes == [.authorizationCode])
        }
    }

    @Test("Hybrid response types are for clients that name them; code id_token needs no legacy")
    func hybrid() throws {
        let client = try made(#""responseTypes":["id_token code","code"]"#)
        #expect(client.responseTypes == [.code, .codeIDToken])
        #expect(client.json["responseTypes"] == ["code", "code id_token"])
        let legacy = try made(#""profile":"legacy","grantTypes":["authorization_code","implicit"]"#)
        #expect(legacy.responseTypes == [.code, .idToken, .token, .idTokenToken])
    }

    @Test("What follows from the grant types follows them; what was named stays, or is refused")
    func changes() throws {
        func changed(_ old: Client, _ members: String, replacing: Bool = false) throws -> Client {
            try ClientMetadata.client(
                JSON.parse(members), changing: old, replacing: replacing, knownScopes: ["openid"], at: noon)
        }
        let client = try made(#""responseTypes":["code"]"#)
        #expect(client.namedResponseTypes == nil)
        let service = try changed(client, #"{"grantTypes":["client_credentials"]}"#)
        #expect(service.responseTypes.isEmpty)
        let hybrid = try made(#""responseTypes":["code id_token"]"#)
        #expect(throws: OAuthError.self) { try changed(hybrid, #"{"grantTypes":["client_credentials"]}"#) }
        #expect(try changed(hybrid, #"{"responseTypes":null}"#).responseTypes == [.code])
        let legacy = try changed(client, #"{"profile":"legacy","grantTypes":["password"]}"#)
        #expect(legacy.profile == .legacy)
        #expect(throws: OAuthError.self) { try changed(legacy, #"{"profile":"default"}"#) }
        #expect(throws: OAuthError.self) { try changed(legacy, #"{"profile":null}"#) }
        #expect(try changed(legacy, #"{"profile":null,"grantTypes":null}"#).profile == .standard)
        // PUT without a profile is a client that names none.
        let put = #"{"name":"A","redirectUris":["https://a.example/"]}"#
        #expect(try changed(legacy, put, replacing: true).profile == .standard)
        var again = try changed(hybrid, hybrid.json.description, replacing: true)
        again.updatedAt = hybrid.updatedAt
        #expect(again == hybrid)
    }

    @Test("MARTLET_PROFILE: the rules of a client that names none")
    func standardProfile() throws {
        #expect(try made(#""grantTypes":["password"]"#, profile: .legacy).profile == .legacy)
        #expect(try made(#""profile":"default""#, profile: .legacy).profile == .standard)
        #expect(throws: OAuthError.self) {
            try made(#""profile":"default","grantTypes":["password"]"#, profile: .legacy)
        }
    }

    @Test("RFC 6749 §4.3.2: a password request has its fields, and is for those that are registered for it")
    func tokenRequests() throws {
        let client = client {
            $0.profile = .legacy
            $0.grantTypes = [.password, .implicit]
        }
        func code(_ fields: [String: String], _ client: Client) -> (OAuthError.Code, String?)? {
            do {
                _ = try TokenRequest(
                    Parameters(fields.map { (name: $0.key, value: $0.value) }), for: client,
                    knownScopes: ["openid", "profile"])
                return nil
            } catch { return (error.code, error.parameter) }
        }
        let whole = ["grant_type": "password", "username": "anna", "password": "secret", "scope": "openid"]
        #expect(code(whole, client) == nil)
        for (name, value, expected) in [
            ("username", "", OAuthError.Code.invalidRequest), ("password", "", .invalidRequest),
            ("scope", "nothing", .invalidScope), ("resource", "https://api.example", .invalidTarget),
            ("grant_type", "implicit", .unsupportedGrantType), ("grant_type", "Password", .unsupportedGrantType),
        ] {
            let refused = try #require(code(whole.merging([name: value]) { $1 }, client))
            #expect(refused == (expected, name))
        }
        let other = Provider.Client(id: ClientID("x"), name: "X", kind: .confidential, createdAt: noon)
        #expect(try #require(code(whole, other)) == (.unauthorizedClient, "grant_type"))
    }
}
