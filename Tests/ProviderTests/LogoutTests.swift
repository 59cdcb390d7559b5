import Crypto
import JOSE
import Testing

@testable import Provider

@Suite("Logout: addresses, hints and tokens")
struct LogoutTests {
    private func metadata(_ members: String) throws -> Client {
        try ClientMetadata.client(
            JSON.parse(
                #"{"name":"A","redirectUris":["https://rp.example/cb","https://rp.example:8443/cb","http://127.0.0.1/cb","http://localhost:9/cb"],"#
                    + members + "}"),
            id: ClientID("c"), knownScopes: [], at: noon)
    }

    @Test("RP-Initiated Logout §3: where a logout leads is compared as redirect URIs are, and is a list of its own")
    func postLogout() {
        let client = client(redirectURIs: ["https://rp.example/cb"]) {
            $0.postLogoutRedirectURIs = ["https://rp.example/bye?a=b", "http://127.0.0.1/bye"]
        }
        func isVerified(_ uri: String) -> Bool { RedirectURI.verify(postLogout: uri, for: client)?.uri == uri }
        #expect(isVerified("https://rp.example/bye?a=b"))
        #expect(isVerified("http://127.0.0.1:5123/bye"))
        for uri in [
            "https://rp.example/cb", "https://rp.example/bye", "https://rp.example/bye?a=b&c=d",
            "https://rp.example/bye?a=b#", "https://RP.example/bye?a=b", "http://localhost/bye",
            "http://127.0.0.1:1@evil.example/bye", "https://rp.example@evil.example/bye?a=b", "",
        ] {
            #expect(!isVerified(uri), "\(uri)")
        }
    }

    @Test("Both spellings are understood, null resets, and answers show the members")
    func members() throws {
        let client = try metadata(
            #""backchannel_logout_uri":"https://rp.example/back","backchannelLogoutSessionRequired":true,"frontchannelLogoutUri":"https://rp.example/front?a=b","frontchannel_logout_session_required":true"#
        )
        #expect(client.logout.backChannelURI == "https://rp.example/back")
        #expect(client.logout.backChannelSessionRequired && client.logout.frontChannelSessionRequired)
        #expect(client.json["frontchannelLogoutUri"] == "https://rp.example/front?a=b")
        #expect(client.json["backchannelLogoutSessionRequired"] == true)
        let changed = try ClientMetadata.client(
            JSON.parse(#"{"backchannelLogoutUri":null}"#), changing: client, replacing: false, knownScopes: [], at: noon
        )
        #expect(changed.logout.backChannelURI == nil)
        #expect(changed.logout.frontChannelURI == client.logout.frontChannelURI)
        let replaced = try ClientMetadata.client(
            JSON.parse(#"{"name":"A","grantTypes":["client_credentials"]}"#), changing: client, replacing: true,
            knownScopes: [], at: noon)
        #expect(replaced.logout == Client.Logout())
        #expect(replaced.json["backchannelLogoutUri"] == .null)
    }

    @Test(
        "Front-Channel Logout §2: browsers load pages of the client's own origins only",
        arguments: [
            "https://rp.example/x", "https://rp.example:443/", "https://RP.example/x?y=z", "https://rp.example:8443/x",
            "http://127.0.0.1:99/x", "http://localhost:9/x",
        ])
    func ownOrigin(uri: String) throws {
        #expect(try metadata("\"frontchannelLogoutUri\":\"\(uri)\"").logout.frontChannelURI == uri)
    }

    @Test(
        "A front-channel address elsewhere, or none at all, is refused by name",
        arguments: [
            "https://evil.example/", "https://rp.example:444/", "http://rp.example/cb", "https://rp.example/#f",
            "https://rp.example@evil.example/", "https://rp.example.evil.example/", "javascript:alert(1)", "",
            "com.example.app:/out", "http://localhost:10/x", "http://[::1]:9/x", "//rp.example/x", "https://*.example/",
        ])
    func foreignOrigin(uri: String) throws {
        let error = #expect(throws: OAuthError.self) { try metadata("\"frontchannelLogoutUri\":\"\(uri)\"") }
        #expect(error?.parameter == "frontchannelLogoutUri")
        #expect(error?.code == .invalidClientMetadata)
        #expect(uri.isEmpty || error?.description.contains(uri) == false)
    }

    @Test(
        "Wrong types are refused by name",
        arguments: [
            (#""backchannelLogoutUri":7"#, "backchannelLogoutUri"),
            (#""backchannelLogoutUri":["https://rp.example/"]"#, "backchannelLogoutUri"),
            (#""backchannelLogoutSessionRequired":"yes""#, "backchannelLogoutSessionRequired"),
            (#""frontchannelLogoutUri":true"#, "frontchannelLogoutUri"),
            (#""frontchannelLogoutSessionRequired":1"#, "frontchannelLogoutSessionRequired"),
            (#""backchannelLogoutUri":null,"backchannel_logout_uri":null"#, "backchannelLogoutUri"),
        ])
    func wrongTypes(members: String, name: String) throws {
        let error = #expect(throws: OAuthError.self) { try metadata(members) }
        #expect(error?.parameter == name)
    }

    // MARK: Hints

    private static let issuer = "https://id.example"

    private func ring() throws -> (KeyRingSnapshot, SigningKey) {
        let master = MasterKey(try .random())
        let key = try SigningKey.generate(.p256)
        let record = try master.record(of: key, createdAt: noon, activatesAt: noon)
        return (try KeyRingSnapshot([record], master: master, at: noon), key)
    }

    @Test("RP-Initiated Logout §4: an ID token of any age is a hint, with its client, user and session")
    func hint() throws {
        let (ring, _) = try ring()
        let token = try ring.signIDToken(
            Array(#"{"iss":"https://id.example","sub":"u","aud":["a","b"],"azp":"b","sid":"20778-s","exp":1}"#.utf8),
            .es256)
        let hint = try #require(IDTokenHint(token, issuer: Self.issuer, keys: ring))
        #expect(hint.userID == UserID("u"))
        #expect(hint.clientID == ClientID("b"))
        #expect(hint.sessionID == SessionID(bucket: Bucket(20_778), random: "s"))
        #expect(IDTokenHint(token, issuer: "https://other.example", keys: ring) == nil)
        #expect(IDTokenHint(token, issuer: Self.issuer, keys: try self.ring().0) == nil)
    }

    @Test("Tokens of other kinds are no hints, whatever they say")
    func otherKinds() throws {
        let (ring, key) = try ring()
        let claims = Array(#"{"iss":"https://id.example","sub":"u","aud":"a","sid":"20778-s"}"#.utf8)
        #expect(IDTokenHint(try ring.signAccessToken(claims, .es256), issuer: Self.issuer, keys: ring) == nil)
        #expect(IDTokenHint(try ring.signLogoutToken(claims, .es256), issuer: Self.issuer, keys: ring) == nil)
        let untyped = try JWSSigner(key: key, type: nil).sign(claims)
        #expect(IDTokenHint(untyped, issuer: Self.issuer, keys: ring) == nil)
        let mute = try ring.signIDToken(Array(#"{"iss":"https://id.example","aud":"a"}"#.utf8), .es256)
        #expect(IDTokenHint(mute, issuer: Self.issuer, keys: ring) == nil)
        let vague = try ring.signIDToken(
            Array(#"{"iss":"https://id.example","sub":"u","aud":["a","b"],"sid":"x"}"#.utf8), .es256)
        let hint = try #require(IDTokenHint(vague, issuer: Self.issuer, keys: ring))
        #expect(hint.clientID == nil && hint.sessionID == nil)
    }

    // MARK: Logout tokens

    @Test("Back-Channel Logout §2.4: iss, aud, iat, exp, jti, sub, sid and events; typed, and never a nonce")
    func logoutToken() throws {
        let notice = LogoutNotice(
            id: "1-1", clientID: ClientID("rp"), userID: UserID("u"),
            sessionID: SessionID(bucket: Bucket(20_778), random: "s"), endedAt: noon)
        let (ring, _) = try ring()
        let claims = LogoutTokenClaims(issuer: Self.issuer, notice: notice, id: "j", issuedAt: noon + 5)
        let token = try #require(ring.verified(try ring.signLogoutToken(claims.encoded(), .es256)))
        #expect(token.header.type == "logout+jwt")
        let expected: JSON = [
            "iss": "https://id.example", "aud": "rp", "iat": .integer(noon.seconds + 5),
            "exp": .integer(noon.seconds + 125), "jti": "j", "sub": "u", "sid": "20778-s",
            "events": ["http://schemas.openid.net/event/backchannel-logout": [:]],
        ]
        #expect(try JSON.parse(token.payload) == expected)
    }
}
