import JOSE
import Testing

@testable import Provider

@Suite("Client members: RFC 7591 §2 in management bodies")
struct ClientMetadataTests {
    private let known: Set<String> = ["openid", "email", "admin"]

    private func made(_ text: String) throws -> Client {
        try ClientMetadata.client(JSON.parse(text), id: ClientID("c"), knownScopes: known, at: noon)
    }

    private func refusal(_ text: String) -> OAuthError? {
        do {
            _ = try made(text)
            return nil
        } catch { return error as? OAuthError }
    }

    @Test("Both spellings mean the same")
    func spellings() throws {
        let camel = try made(
            #"{"name":"A","redirectUris":["https://a.example/"],"allowedScopes":["openid"],"grantTypes":["authorization_code"]}"#
        )
        let snake = try made(
            #"{"client_name":"A","redirect_uris":["https://a.example/"],"scope":"openid","grant_types":["authorization_code"],"confidential":true}"#
        )
        #expect(camel == snake)
    }

    @Test("The method none without a type makes a public client")
    func publicByMethod() throws {
        let client = try made(#"{"name":"A","tokenEndpointAuthMethod":"none","redirectUris":["com.example.app:/cb"]}"#)
        #expect(client.kind == .public)
    }

    @Test(
        "Each refusal names its member",
        arguments: [
            (#"[]"#, nil), (#"{}"#, "name"), (#"{"name":1}"#, "name"), (#"{"name":" "}"#, "name"),
            (#"{"name":"A","redirectUris":"https://a.example/"}"#, "redirectUris"),
            (#"{"name":"A","redirectUris":[1]}"#, "redirectUris"), (#"{"name":"A","redirectUris":[]}"#, "redirectUris"),
            (#"{"name":"A","redirectUris":["https://a.example/#f"]}"#, "redirectUris"),
            (#"{"name":"A","redirectUris":["javascript:alert(1)"]}"#, "redirectUris"),
            (#"{"name":"A","redirectUris":["https://a.example/"],"redirect_uris":[]}"#, "redirectUris"),
            (#"{"name":"A","redirectUris":["https://a.example/"],"colour":"red"}"#, "colour"),
            (#"{"name":"A","redirectUris":["https://a.example/"],"type":"SECRET"}"#, "type"),
            (
                #"{"name":"A","redirectUris":["https://a.example/"],"type":"PUBLIC","confidential":true}"#,
                "confidential"
            ),
            (#"{"name":"A","redirectUris":["https://a.example/"],"type":"PUBLIC","requirePkce":false}"#, "requirePkce"),
            (#"{"name":"A","type":"PUBLIC","grantTypes":["client_credentials"]}"#, "grantTypes"),
            (#"{"name":"A","grantTypes":["password"]}"#, "grantTypes"),
            (#"{"name":"A","grantTypes":["client_credentials"],"allowedScopes":["nothing"]}"#, "allowedScopes"),
            (#"{"name":"A","grantTypes":["client_credentials"],"defaultScopes":["openid"]}"#, "defaultScopes"),
            (#"{"name":"A","grantTypes":["client_credentials"],"accessTokenTtl":0}"#, "accessTokenTtl"),
            (#"{"name":"A","grantTypes":["client_credentials"],"accessTokenTtl":"1h"}"#, "accessTokenTtl"),
            (
                #"{"name":"A","grantTypes":["client_credentials"],"tokenEndpointAuthMethod":"none","type":"CONFIDENTIAL"}"#,
                "tokenEndpointAuthMethod"
            ),
            (
                #"{"name":"A","grantTypes":["client_credentials"],"allowedOrigins":["https://a.example/x"]}"#,
                "allowedOrigins"
            ),
            (#"{"name":"A","grantTypes":["client_credentials"],"clientUri":"javascript:alert(1)"}"#, "clientUri"),
            (#"{"name":"A","grantTypes":["client_credentials"],"responseTypes":["token"]}"#, "responseTypes"),
            (#"{"name":"A","grantTypes":["client_credentials"],"profile":"oauth21"}"#, "profile"),
            (#"{"name":"A","grantTypes":["client_credentials"],"profile":"fapi2-security"}"#, "profile"),
            (#"{"name":"A","grantTypes":["client_credentials"],"profile":"Legacy"}"#, "profile"),
            (#"{"name":"A","grantTypes":["client_credentials"],"profile":1}"#, "profile"),
            (#"{"name":"A","grantTypes":["client_credentials"],"sessionTtl":59}"#, "sessionTtl"),
            (#"{"name":"A","grantTypes":["client_credentials"],"authorizationCodeTtl":601}"#, "authorizationCodeTtl"),
        ] as [(String, String?)])
    func refused(body: String, member: String?) throws {
        let error = try #require(refusal(body))
        #expect(error.parameter == member)
    }

    @Test("PATCH changes what it names; PUT resets the rest; what is fixed may be repeated")
    func change() throws {
        let old = try made(
            #"{"name":"A","redirectUris":["https://a.example/"],"allowedScopes":["openid"],"firstParty":true}"#)
        let patched = try ClientMetadata.client(
            JSON.parse(#"{"name":"B","id":"c","clientId":"c"}"#), changing: old, replacing: false, knownScopes: known,
            at: noon)
        #expect(patched.name == "B")
        #expect(patched.firstParty)
        #expect(patched.updatedAt > old.updatedAt)
        let replaced = try ClientMetadata.client(
            JSON.parse(#"{"name":"B","redirectUris":["https://b.example/"]}"#), changing: old, replacing: true,
            knownScopes: known, at: noon)
        #expect(!replaced.firstParty)
        #expect(replaced.allowedScopes.isEmpty)
        #expect(throws: OAuthError.self) {
            try ClientMetadata.client(
                JSON.parse(#"{"clientId":"d"}"#), changing: old, replacing: false, knownScopes: known, at: noon)
        }
    }

    @Test("What an answer shows may be sent back by PUT")
    func roundTrip() throws {
        let client = try made(
            #"{"name":"A","redirectUris":["https://a.example/"],"allowedScopes":["openid"],"contacts":["a@b.example"]}"#
        )
        var again = try ClientMetadata.client(
            client.json, changing: client, replacing: true, knownScopes: known, at: noon)
        again.updatedAt = client.updatedAt
        #expect(again == client)
    }

    @Test("A secret's verdict follows its use")
    func verdicts() {
        func secret(_ created: Int, ends: Bool, used: Int?, count: Int64) -> ClientSecret {
            ClientSecret(
                id: SecretID("s\(created)"), clientID: ClientID("c"), hash: [], createdAt: noon + created,
                expiresAt: ends ? noon + 86_400 : nil, lastUsedAt: used.map { noon + $0 }, useCount: count)
        }
        let new = secret(100, ends: false, used: 200, count: 50)
        #expect(new.verdict(newer: [], at: noon + 300) == .current)
        let busy = secret(0, ends: true, used: 150, count: 1500)
        #expect(busy.verdict(newer: [new], at: noon + 200) == .safeToRemove)
        #expect(busy.verdict(newer: [new], at: noon + 152) == .inUse)
        #expect(busy.verdict(newer: [secret(100, ends: false, used: nil, count: 0)], at: noon + 9000) == .inUse)
        let nightly = secret(-864_000, ends: true, used: 150, count: 10)
        #expect(nightly.verdict(newer: [new], at: noon + 86_400) == .inUse)
        #expect(secret(0, ends: true, used: nil, count: 0).verdict(newer: [new], at: noon) == .safeToRemove)
    }
}
