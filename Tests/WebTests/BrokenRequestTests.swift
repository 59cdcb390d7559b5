import HTTP
import JOSE
import Provider
import Testing

@testable import Web

/// One broken request and what it must be answered with.
private struct Broken: Sendable, CustomTestStringConvertible {
    var method: HTTP.Method
    var target: String
    var headers: Headers
    var body: String
    var status: Int
    var error: String
    /// What the description must name, quoted.
    var named: String?

    var testDescription: String { "\(method.rawValue) \(target) \(body.prefix(60)) → \(status) \(error)" }

    static let form: Headers = ["Content-Type": "application/x-www-form-urlencoded"]
    static let json: Headers = ["Content-Type": "application/json"]

    /// A form to the token endpoint by a client that authenticates in it.
    static func token(_ body: String, _ status: Int, _ error: String, _ named: String? = nil) -> Broken {
        Broken(
            method: .post, target: "/api/v1/oauth2/token", headers: form,
            body: body + "&client_id=CLIENT&client_secret=SECRET", status: status, error: error, named: named)
    }

    static func tokenJSON(_ body: String, _ status: Int, _ error: String, _ named: String? = nil) -> Broken {
        Broken(
            method: .post, target: "/api/v1/oauth2/token", headers: json, body: body, status: status, error: error,
            named: named)
    }

    /// A JSON body by the administrator.
    static func manage(
        _ method: HTTP.Method, _ path: String, _ body: String, _ status: Int, _ error: String, _ named: String? = nil
    ) -> Broken {
        Broken(
            method: method, target: "/api/v1" + path,
            headers: ["Content-Type": "application/json", "Authorization": "ADMIN"],
            body: body, status: status, error: error, named: named)
    }

    static func any(
        _ method: HTTP.Method, _ target: String, _ headers: Headers, _ body: String, _ status: Int, _ error: String,
        _ named: String? = nil
    ) -> Broken {
        Broken(
            method: method, target: target, headers: headers, body: body, status: status, error: error, named: named)
    }
}

private let deep = String(repeating: "[", count: 20_000)

private let tokenRequests: [Broken] = [
    .token("", 400, "invalid_request", "grant_type"),
    .token("grant_type=", 400, "invalid_request", "grant_type"),
    .token("grant_type=nonsense", 400, "unsupported_grant_type"),
    .token("grant_type=implicit", 400, "unsupported_grant_type"),
    .token("grant_type=password&username=a&password=b", 400, "unauthorized_client"),
    .token("grant_type=authorization_code", 400, "invalid_request", "code"),
    .token("grant_type=authorization_code&code=x", 400, "invalid_request", "redirect_uri"),
    .token("grant_type=authorization_code&code=x&redirect_uri=https://rp.example/cb", 400, "invalid_grant"),
    .token("grant_type=authorization_code&code=x&code=y", 400, "invalid_request", "code"),
    .token("grant_type=authorization_code&grant_type=refresh_token", 400, "invalid_request", "grant_type"),
    .token("grant_type=refresh_token", 400, "invalid_request", "refresh_token"),
    .token("grant_type=refresh_token&refresh_token=mlt_rt_1x", 400, "invalid_grant"),
    .token("grant_type=refresh_token&refresh_token=\(String(repeating: "x", count: 60_000))", 400, "invalid_grant"),
    .token("grant_type=client_credentials", 400, "unauthorized_client"),
    .token("unknown=a&unknown=b&grant_type=x", 400, "invalid_request", "unknown"),
    .token("grant_type=%zz", 400, "invalid_request", "grant_type"),
    .token("grant_type=%ff%fe", 400, "invalid_request", "grant_type"),
    .token("grant_type=a%00b", 400, "invalid_request", "grant_type"),
    .token("%=x", 400, "invalid_request"),
    .token("client_secret=twice", 400, "invalid_request", "client_secret"),
    .token(String(repeating: "a=b&", count: 300), 400, "invalid_request"),
    .any(.post, "/api/v1/oauth2/token", Broken.form, "grant_type=x", 401, "invalid_client", "client_id"),
    .any(.post, "/api/v1/oauth2/token", Broken.form, "grant_type=x&client_id=nobody", 401, "invalid_client"),
    .any(.post, "/api/v1/oauth2/token", Broken.form, "client_id=CLIENT&client_secret=", 401, "invalid_client"),
    .any(.post, "/api/v1/oauth2/token", Broken.form, "client_id=CLIENT", 401, "invalid_client"),
    .any(
        .post, "/api/v1/oauth2/token", Broken.form, "client_id=%00&client_secret=x", 400, "invalid_request", "client_id"
    ),
    .any(.post, "/api/v1/oauth2/token", [:], "grant_type=x", 415, "invalid_request", "Content-Type"),
    .any(.post, "/api/v1/oauth2/token", ["Content-Type": "text/plain"], "x", 415, "invalid_request", "Content-Type"),
    .any(
        .post, "/api/v1/oauth2/token", ["Content-Type": "application/json;charset=latin1"], "{}", 415,
        "invalid_request", "Content-Type"),
    .any(.post, "/api/v1/oauth2/token", [:], "", 401, "invalid_client"),
    .any(.post, "/api/v1/oauth2/token?client_secret=x", Broken.form, "a=b", 400, "invalid_request", "client_secret"),
    .any(.post, "/api/v1/oauth2/token?grant_type=x", Broken.form, "a=b", 400, "invalid_request", "grant_type"),
    .any(.post, "/api/v1/oauth2/token?%", Broken.form, "a=b", 400, "invalid_request"),
    .any(.get, "/api/v1/oauth2/token", [:], "", 405, "invalid_request"),
    .any(.put, "/api/v1/oauth2/token", [:], "", 405, "invalid_request"),
    .any(.head, "/api/v1/oauth2/token", [:], "", 405, "invalid_request"),
    .any(
        .post, "/api/v1/oauth2/token",
        ["Content-Type": "application/x-www-form-urlencoded", "Authorization": "Basic !"], "a=b", 401, "invalid_client",
        nil),
    .any(
        .post, "/api/v1/oauth2/token",
        ["Content-Type": "application/x-www-form-urlencoded", "Authorization": "Bearer x"], "a=b", 401, "invalid_client"
    ),
    .any(
        .post, "/api/v1/oauth2/token",
        ["Content-Type": "application/x-www-form-urlencoded", "Authorization": "Digest x"], "a=b", 401, "invalid_client"
    ),
    .tokenJSON("", 401, "invalid_client"),
    .tokenJSON("{", 400, "invalid_request"),
    .tokenJSON("[]", 400, "invalid_request"),
    .tokenJSON("null", 400, "invalid_request"),
    .tokenJSON(deep, 400, "invalid_request"),
    .tokenJSON(#"{"grant_type":7}"#, 400, "invalid_request", "grant_type"),
    .tokenJSON(#"{"grant_type":["a"]}"#, 400, "invalid_request", "grant_type"),
    .tokenJSON(#"{"grant_type":null}"#, 400, "invalid_request", "grant_type"),
    .tokenJSON(#"{"grant_type":"a","grant_type":"b"}"#, 400, "invalid_request", "grant_type"),
    .tokenJSON("{\"grant_type\":\"a\u{1}\"}", 400, "invalid_request", "grant_type"),
    .tokenJSON(#"{"scope":"\ud800"}"#, 400, "invalid_request", "scope"),
    .tokenJSON(#"{"client_id":"a\u0000b","client_secret":"x"}"#, 400, "invalid_request", "client_id"),
]

private let otherProtocolRequests: [Broken] =
    ["revoke", "introspect"].flatMap { endpoint -> [Broken] in
        let path = "/api/v1/oauth2/\(endpoint)"
        let client = "&client_id=CLIENT&client_secret=SECRET"
        return [
            .any(.post, path, Broken.form, client, 400, "invalid_request", "token"),
            .any(.post, path, Broken.form, "token=" + client, 400, "invalid_request", "token"),
            .any(.post, path, Broken.form, "token=a&token=b" + client, 400, "invalid_request", "token"),
            .any(.post, path, Broken.form, "token=a", 401, "invalid_client"),
            .any(.post, path, Broken.form, "token=%zz" + client, 400, "invalid_request", "token"),
            .any(.post, path + "?token=a", Broken.form, client, 400, "invalid_request", "token"),
            .any(.post, path, Broken.json, #"{"token":1}"#, 400, "invalid_request", "token"),
            .any(.post, path, ["Content-Type": "text/xml"], "<a/>", 415, "invalid_request", "Content-Type"),
            .any(.get, path, [:], "", 405, "invalid_request"),
            .any(.delete, path, [:], "", 405, "invalid_request"),
        ]
    } + [
        .any(.get, "/api/v1/oauth2/userinfo", [:], "", 401, "invalid_token"),
        .any(.get, "/api/v1/oauth2/userinfo", ["Authorization": "Bearer"], "", 401, "invalid_token"),
        .any(.get, "/api/v1/oauth2/userinfo", ["Authorization": "Bearer a b"], "", 401, "invalid_token"),
        .any(.get, "/api/v1/oauth2/userinfo", ["Authorization": "Bearer a.b.c"], "", 401, "invalid_token"),
        .any(.get, "/api/v1/oauth2/userinfo", ["Authorization": "Basic YTpi"], "", 401, "invalid_token"),
        .any(.get, "/api/v1/oauth2/userinfo?access_token=a", [:], "", 400, "invalid_request", "access_token"),
        .any(.post, "/api/v1/oauth2/userinfo", Broken.form, "", 401, "invalid_token"),
        .any(.post, "/api/v1/oauth2/userinfo", Broken.form, "access_token=", 401, "invalid_token"),
        .any(
            .post, "/api/v1/oauth2/userinfo", Broken.form, "access_token=a&access_token=b", 400, "invalid_request",
            "access_token"),
        .any(.post, "/api/v1/oauth2/userinfo", Broken.json, "{}", 415, "invalid_request", "Content-Type"),
        .any(.put, "/api/v1/oauth2/userinfo", [:], "", 405, "invalid_request"),
        .any(.trace, "/api/v1/oauth2/userinfo", [:], "", 405, "invalid_request"),
        .any(.query, "/api/v1/oauth2/clients", [:], "", 405, "invalid_request"),
        .any(.post, "/.well-known/jwks.json", [:], "", 405, "invalid_request"),
        .any(.post, "/.well-known/openid-configuration", [:], "", 405, "invalid_request"),
        .any(.get, "/.well-known/jwks.json/", [:], "", 404, "not_found"),
        .any(.get, "/.well-known/%6awks.json", [:], "", 404, "not_found"),
        .any(.get, "//.well-known/jwks.json", [:], "", 404, "not_found"),
        .any(.get, "/api/v1/oauth2/../oauth2/userinfo", [:], "", 404, "not_found"),
        .any(.get, "/api/v1/oauth2/authorize;x", [:], "", 404, "not_found"),
        .any(.get, "/api/v1/oauth2", [:], "", 404, "not_found"),
        .any(.delete, "/metrics", [:], "", 405, "invalid_request"),
        .any(.post, "/health/live", [:], "", 405, "invalid_request"),
    ]

private let managementRequests: [Broken] = [
    .manage(.post, "/oauth2/clients", "", 400, "invalid_request", "name"),
    .manage(.post, "/oauth2/clients", "{", 400, "invalid_request"),
    .manage(.post, "/oauth2/clients", "[]", 400, "invalid_request"),
    .manage(.post, "/oauth2/clients", deep, 400, "invalid_request"),
    .manage(.post, "/oauth2/clients", #"{"name":7}"#, 400, "invalid_request", "name"),
    .manage(.post, "/oauth2/clients", #"{"name":"a","name":"b"}"#, 400, "invalid_request", "name"),
    .manage(.post, "/oauth2/clients", #"{"name":"a","colour":"red"}"#, 400, "invalid_request", "colour"),
    .manage(
        .post, "/oauth2/clients", #"{"name":"a","redirectUris":[],"redirect_uris":[]}"#, 400, "invalid_request",
        "redirectUris"),
    .manage(.put, "/oauth2/clients/nobody", #"{"name":"a","grantTypes":["client_credentials"]}"#, 404, "not_found"),
    .manage(.patch, "/oauth2/clients/nobody", "{}", 404, "not_found"),
    .manage(.get, "/oauth2/clients/nobody", "", 404, "not_found"),
    .manage(.delete, "/oauth2/clients/nobody", "", 404, "not_found"),
    .manage(.get, "/oauth2/clients/no%62ody", "", 404, "not_found"),
    .manage(
        .post, "/oauth2/clients/CLIENT/rotate-secret", #"{"graceSeconds":"1"}"#, 400, "invalid_request", "graceSeconds"),
    .manage(
        .post, "/oauth2/clients/CLIENT/rotate-secret", #"{"graceSeconds":-1}"#, 400, "invalid_request", "graceSeconds"),
    .manage(
        .post, "/oauth2/clients/CLIENT/rotate-secret", #"{"graceSeconds":1.5}"#, 400, "invalid_request", "graceSeconds"),
    .manage(
        .post, "/oauth2/clients/CLIENT/rotate-secret", #"{"graceSeconds":1e300}"#, 400, "invalid_request",
        "graceSeconds"),
    .manage(.post, "/oauth2/clients/CLIENT/rotate-secret", #"{"x":1}"#, 400, "invalid_request", "x"),
    .manage(.post, "/oauth2/clients/nobody/rotate-secret", "{}", 404, "not_found"),
    .manage(.get, "/oauth2/clients/nobody/secrets", "", 404, "not_found"),
    .manage(.delete, "/oauth2/clients/CLIENT/secrets/nothing", "", 404, "not_found"),
    .manage(.get, "/oauth2/clients/CLIENT/rotate-secret", "", 405, "invalid_request"),
    .manage(.delete, "/oauth2/clients", "", 405, "invalid_request"),
    .manage(.post, "/users", "", 400, "invalid_request", "username"),
    .manage(.post, "/users", #"{"username":"a"}"#, 400, "invalid_request", "password"),
    .manage(.post, "/users", #"{"username":1,"password":"correct horse"}"#, 400, "invalid_request", "username"),
    .manage(.post, "/users", #"{"username":"a b","password":"correct horse"}"#, 400, "invalid_request", "username"),
    .manage(.post, "/users", #"{"username":"a","password":"correct horse","x":1}"#, 400, "invalid_request", "x"),
    .manage(.post, "/users", #"{"username":"\u0000","password":"correct horse"}"#, 400, "invalid_request", "username"),
    .manage(.get, "/users/nobody", "", 404, "not_found"),
    .manage(.get, "/users?colour=red", "", 400, "invalid_request", "colour"),
    .manage(.get, "/users?limit=0", "", 400, "invalid_request", "limit"),
    .manage(.get, "/users?username=a&username=b", "", 400, "invalid_request", "username"),
    .manage(.get, "/users?access_token=x", "", 400, "invalid_request", "access_token"),
    .manage(.get, "/users?search=a%0Fb", "", 400, "invalid_request", "search"),
    .manage(.get, "/users?email=" + String(repeating: "a", count: 2001), "", 400, "invalid_request", "email"),
    .manage(.patch, "/users/USER", #"{"createdAt":7}"#, 400, "invalid_request", "createdAt"),
    .manage(.patch, "/oauth2/clients/CLIENT", #"{"updatedAt":"now"}"#, 400, "invalid_request", "updatedAt"),
    .manage(.patch, "/users", "{}", 405, "invalid_request"),
    .manage(.get, "/oauth2/events?after=nonsense", "", 400, "invalid_request"),
    .manage(.get, "/oauth2/events?after=a&cursor=b", "", 400, "invalid_request", "after"),
    .manage(.get, "/oauth2/events?limit=1000", "", 400, "invalid_request", "limit"),
    .manage(.post, "/oauth2/events", "{}", 405, "invalid_request"),
    .manage(.post, "/oauth2/events/webhooks", "", 400, "invalid_request", "url"),
    .manage(.post, "/oauth2/events/webhooks", #"{"url":"http://a.example"}"#, 400, "invalid_request", "url"),
    .manage(
        .post, "/oauth2/events/webhooks", #"{"url":"https://a.example","types":"x"}"#, 400, "invalid_request", "types"),
    .manage(
        .post, "/oauth2/events/webhooks", #"{"url":"https://a.example","types":["Ä"]}"#, 400, "invalid_request", "types"
    ),
    .manage(
        .post, "/oauth2/events/webhooks", #"{"url":"https://a.example","types":["oauth2.*","user.creatd"]}"#, 400,
        "invalid_request", "types"),
    .manage(
        .post, "/oauth2/events/webhooks", #"{"url":"https://a.example","types":["oauth.*"]}"#, 400, "invalid_request",
        "types"),
    .manage(
        .post, "/oauth2/events/webhooks", #"{"url":"https://a.example","types":["oauth2"]}"#, 400, "invalid_request",
        "types"),
    .manage(.delete, "/oauth2/events/webhooks/nothing", "", 404, "not_found"),
    .manage(.get, "/oauth2/events/webhooks/nothing/deliveries", "", 404, "not_found"),
    .manage(.post, "/oauth2/events/webhooks/nothing/replay", "{}", 400, "invalid_request", "from"),
    .manage(.post, "/oauth2/events/webhooks/nothing/replay", #"{"from":"x","to":"y"}"#, 400, "invalid_request", "from"),
    .manage(.post, "/oauth2/scopes", "", 400, "invalid_request", "name"),
    .manage(.post, "/oauth2/scopes", #"{"name":7}"#, 400, "invalid_request", "name"),
    .manage(.post, "/oauth2/scopes", #"{"name":"a b","description":"x"}"#, 400, "invalid_request", "name"),
    .manage(.post, "/oauth2/scopes", #"{"name":"","description":"x"}"#, 400, "invalid_request", "name"),
    .manage(.post, "/oauth2/scopes", #"{"name":"ä","description":"x"}"#, 400, "invalid_request", "name"),
    .manage(.post, "/oauth2/scopes", #"{"name":"a"}"#, 400, "invalid_request", "descriptions"),
    .manage(.post, "/oauth2/scopes", #"{"name":"a","descriptions":"x"}"#, 400, "invalid_request", "descriptions"),
    .manage(.post, "/oauth2/scopes", #"{"name":"a","descriptions":{}}"#, 400, "invalid_request", "descriptions"),
    .manage(
        .post, "/oauth2/scopes", #"{"name":"a","descriptions":{"de":"x"}}"#, 400, "invalid_request", "descriptions"),
    .manage(
        .post, "/oauth2/scopes", #"{"name":"a","descriptions":{"en":7}}"#, 400, "invalid_request", "descriptions"),
    .manage(
        .post, "/oauth2/scopes", #"{"name":"a","descriptions":{"en":"x","EN":"y"}}"#, 400, "invalid_request",
        "descriptions"),
    .manage(
        .post, "/oauth2/scopes", #"{"name":"a","descriptions":{"en":"x","e":"y"}}"#, 400, "invalid_request",
        "descriptions"),
    .manage(
        .post, "/oauth2/scopes", #"{"name":"a","description":"x","descriptions":{"en":"x"}}"#, 400, "invalid_request",
        "description"),
    .manage(.post, "/oauth2/scopes", #"{"name":"a","description":"x","x":1}"#, 400, "invalid_request", "x"),
    .manage(.put, "/oauth2/scopes/profile", #"{"name":"b","description":"x"}"#, 400, "invalid_request", "name"),
    .manage(.put, "/oauth2/scopes/nothing", #"{"description":"x"}"#, 404, "not_found"),
    .manage(.put, "/oauth2/scopes/profile", "{}", 400, "invalid_request", "descriptions"),
    .manage(.get, "/oauth2/scopes/nothing", "", 404, "not_found"),
    .manage(.get, "/oauth2/scopes/~cHJvZmlsZQ", "", 404, "not_found"),
    .manage(.get, "/oauth2/scopes/~%20", "", 404, "not_found"),
    .manage(.get, "/oauth2/scopes?name=a", "", 400, "invalid_request", "name"),
    .manage(.get, "/oauth2/scopes?cursor=!", "", 400, "invalid_request", "cursor"),
    .manage(.delete, "/oauth2/scopes/nothing", "", 404, "not_found"),
    .manage(.delete, "/oauth2/scopes/nothing?force=yes", "", 400, "invalid_request", "force"),
    .manage(.delete, "/oauth2/scopes/nothing?colour=red", "", 400, "invalid_request", "colour"),
    .manage(.delete, "/oauth2/scopes/openid", "", 409, "conflict"),
    .manage(.patch, "/oauth2/scopes/openid", "{}", 405, "invalid_request"),
    .manage(.post, "/oauth2/consents", "", 400, "invalid_request", "clientId"),
    .manage(.post, "/oauth2/consents", #"{"clientId":7}"#, 400, "invalid_request", "clientId"),
    .manage(.post, "/oauth2/consents", #"{"clientId":"CLIENT"}"#, 400, "invalid_request", "scopes"),
    .manage(.post, "/oauth2/consents", #"{"clientId":"CLIENT","scopes":"openid"}"#, 400, "invalid_request", "scopes"),
    .manage(.post, "/oauth2/consents", #"{"clientId":"CLIENT","scopes":["email"]}"#, 400, "invalid_request", "userId"),
    .manage(
        .post, "/oauth2/consents", #"{"clientId":"CLIENT","scopes":[],"userId":"USER"}"#, 400, "invalid_request",
        "scopes"),
    .manage(
        .post, "/oauth2/consents", #"{"clientId":"CLIENT","scopes":["admin"],"userId":"USER"}"#, 400, "invalid_scope",
        "scopes"),
    .manage(
        .post, "/oauth2/consents", #"{"clientId":"nobody","scopes":["email"],"userId":"USER"}"#, 400,
        "invalid_request", "clientId"),
    .manage(
        .post, "/oauth2/consents", #"{"clientId":"CLIENT","scopes":["email"],"userId":"nobody"}"#, 400,
        "invalid_request", "userId"),
    .manage(
        .post, "/oauth2/consents", #"{"clientId":"CLIENT","scopes":["email"],"userId":"USER","x":1}"#, 400,
        "invalid_request", "x"),
    .manage(.get, "/oauth2/consents/nothing", "", 404, "not_found"),
    .manage(.delete, "/oauth2/consents/nothing", "", 404, "not_found"),
    .manage(.get, "/oauth2/consents?includeRevoked=1", "", 400, "invalid_request", "includeRevoked"),
    .manage(.get, "/oauth2/consents?scopes=a", "", 400, "invalid_request", "scopes"),
    .manage(.get, "/oauth2/consents?cursor=x", "", 400, "invalid_request", "cursor"),
    .manage(.put, "/oauth2/consents/nothing", "{}", 405, "invalid_request"),
    .manage(.get, "/oauth2/sessions/nothing", "", 404, "not_found"),
    .manage(.get, "/oauth2/sessions/1-a", "", 404, "not_found"),
    .manage(.delete, "/oauth2/sessions/999999999-a", "", 404, "not_found"),
    .manage(.delete, "/oauth2/sessions", "", 400, "invalid_request", "userId"),
    .manage(.delete, "/oauth2/sessions?userId=USER&except=x", "", 400, "invalid_request", "except"),
    .manage(.delete, "/oauth2/sessions?userId=USER&x=y", "", 400, "invalid_request", "x"),
    .manage(.get, "/oauth2/sessions?clientId=a", "", 400, "invalid_request", "clientId"),
    .manage(.get, "/oauth2/sessions?cursor=x", "", 400, "invalid_request", "cursor"),
    .manage(.post, "/oauth2/sessions", "{}", 405, "invalid_request"),
    .manage(.get, "/oauth2/tokens?grantId=x", "", 400, "invalid_request", "grantId"),
    .manage(.get, "/oauth2/tokens?issuedAfter=yesterday", "", 400, "invalid_request", "issuedAfter"),
    .manage(.get, "/oauth2/tokens?issuedBefore=2026-02-30T00:00:00Z", "", 400, "invalid_request", "issuedBefore"),
    .manage(.get, "/oauth2/tokens?scope=%22", "", 400, "invalid_scope", "scope"),
    .manage(.get, "/oauth2/tokens?cursor=x", "", 400, "invalid_request", "cursor"),
    .manage(.get, "/oauth2/tokens?type=a", "", 400, "invalid_request", "type"),
    .manage(.post, "/oauth2/tokens", "{}", 405, "invalid_request"),
    .manage(.post, "/oauth2/tokens/revoke", "", 400, "invalid_request", "token"),
    .manage(.post, "/oauth2/tokens/revoke", #"{"token":7}"#, 400, "invalid_request", "token"),
    .manage(.post, "/oauth2/tokens/revoke", #"{"token":""}"#, 400, "invalid_request", "token"),
    .manage(.post, "/oauth2/tokens/revoke", #"{"token":"a","hint":"b"}"#, 400, "invalid_request", "hint"),
    .manage(.post, "/oauth2/tokens/revoke", #"{"token":"nothing"}"#, 404, "not_found", "token"),
    .manage(.get, "/oauth2/tokens/revoke", "", 405, "invalid_request"),
    .manage(.post, "/oauth2/tokens/bulk-revoke", "", 400, "invalid_request", "clientId"),
    .manage(.post, "/oauth2/tokens/bulk-revoke", #"{"dryRun":true}"#, 400, "invalid_request", "clientId"),
    .manage(.post, "/oauth2/tokens/bulk-revoke", #"{"clientId":7}"#, 400, "invalid_request", "clientId"),
    .manage(
        .post, "/oauth2/tokens/bulk-revoke", #"{"clientId":"a","dryRun":"yes"}"#, 400, "invalid_request", "dryRun"),
    .manage(.post, "/oauth2/tokens/bulk-revoke", #"{"grantId":"x"}"#, 400, "invalid_request", "grantId"),
    .manage(.post, "/oauth2/tokens/bulk-revoke", #"{"issuedBefore":1}"#, 400, "invalid_request", "issuedBefore"),
    .manage(
        .post, "/oauth2/tokens/bulk-revoke", #"{"issuedBefore":"now"}"#, 400, "invalid_request", "issuedBefore"),
    .manage(
        .post, "/oauth2/tokens/bulk-revoke", #"{"clientId":"a","client_id":"a"}"#, 400, "invalid_request", "clientId"),
    .manage(.post, "/oauth2/tokens/bulk-revoke", #"{"clientId":"a","x":1}"#, 400, "invalid_request", "x"),
    .any(
        .post, "/api/v1/oauth2/tokens/revoke", ["Authorization": "ADMIN", "Content-Type": "text/plain"], "x", 415,
        "invalid_request", "Content-Type"),
    .any(.post, "/api/v1/oauth2/tokens/bulk-revoke", Broken.json, "{", 401, "invalid_token"),
    .any(
        .post, "/api/v1/oauth2/clients", ["Authorization": "ADMIN"], "{}", 415, "invalid_request", "Content-Type"),
    .any(
        .post, "/api/v1/oauth2/clients", ["Authorization": "ADMIN", "Content-Type": "text/plain"], "x", 415,
        "invalid_request", "Content-Type"),
    .any(
        .post, "/api/v1/users", ["Authorization": "ADMIN", "Content-Type": "application/x-www-form-urlencoded"],
        "username=a", 415, "invalid_request", "Content-Type"),
    .any(
        .post, "/api/v1/users", ["Authorization": "Basic YTpi", "Content-Type": "text/plain"], "x", 401, "invalid_token"
    ),
    .any(.post, "/api/v1/oauth2/clients", Broken.json, "{", 401, "invalid_token"),
]

@Suite("Broken requests: the standard error, which names the parameter; never a 5xx")
struct BrokenRequestTests {
    @Test("Protocol and management endpoints, in one table")
    func table() async throws {
        try await TestServer.run { server in
            let (client, secret) = try await server.client()
            let replacements = [
                ("CLIENT", client.id.text), ("SECRET", secret ?? ""), ("USER", try await server.user().id.text),
                ("ADMIN", basic(server.administrator.id, server.administrator.secret)),
            ]
            func filled(_ text: String) -> String { replacements.reduce(text) { $0.replacing($1.0, with: $1.1) } }
            let all = tokenRequests + otherProtocolRequests + managementRequests
            #expect(all.count >= 140)
            for broken in all {
                var headers = Headers()
                for (name, value) in broken.headers { headers.add(name, filled(value)) }
                let answer = await server.routes.respond(
                    to: request(broken.method, filled(broken.target), headers, filled(broken.body)))
                let comment = Comment(
                    rawValue: "\(broken.testDescription), got \(answer.status.code) \(answer.text.prefix(200))")
                #expect(answer.status.code == broken.status, comment)
                let json = try? answer.json()
                #expect(json?["error"]?.string == broken.error, comment)
                #expect(json?["error_uri"]?.string == "https://id.example/errors/\(broken.error)", comment)
                let description = json?["error_description"]?.string ?? ""
                #expect(!description.isEmpty, comment)
                if let named = broken.named { #expect(description.contains("'\(named)'"), comment) }
                #expect(
                    description.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }, comment)
            }
        }
    }

    @Test(
        "At the authorization endpoint: a page while no redirect URI is verified, a redirect after that (RFC 6749 §4.1.2.1)"
    )
    func authorization() async throws {
        try await TestServer.run { server in
            let (client, secret) = try await server.client()
            let walk = Walk(server: server, client: client, secret: secret)
            let browser = TestBrowser(server)
            let pages: [[String: String?]] = [
                ["client_id": nil], ["client_id": ""], ["client_id": "nobody"], ["redirect_uri": nil],
                ["redirect_uri": ""], ["redirect_uri": "https://rp.example/cb"],
                ["redirect_uri": "https://rp.example/cb?x=1/"], ["redirect_uri": "HTTPS://rp.example/cb?x=1"],
                ["redirect_uri": "https://rp.example@evil.example/cb?x=1"], ["redirect_uri": "javascript:alert(1)"],
                ["client_secret": "x"], ["access_token": "x"], ["password": "x"],
            ]
            for changes in pages {
                let answer = await browser.get(walk.authorize(changes))
                #expect(answer.status == .badRequest, "\(changes)")
                #expect(answer.headers[first: "content-type"]?.hasPrefix("text/html") == true, "\(changes)")
                #expect(answer.text.contains("<code>invalid_request</code>"), "\(changes)")
                #expect(!answer.text.contains("alert(1)"))
            }
            for suffix in ["&client_id=x", "&redirect_uri=x", "&state=%zz", "&%zz=1", "&state=%00"] {
                #expect(await browser.get(walk.authorize() + suffix).status == .badRequest, "\(suffix)")
            }
            let redirects: [([String: String?], String)] = [
                (["response_type": nil], "invalid_request"), (["response_type": "none"], "unsupported_response_type"),
                (["scope": "nothing"], "invalid_scope"), (["prompt": "none login"], "invalid_request"),
                (["prompt": "x"], "invalid_request"), (["max_age": "-1"], "invalid_request"),
                (["max_age": "x"], "invalid_request"), (["code_challenge_method": "plain"], "invalid_request"),
                (["code_challenge": "short"], "invalid_request"), (["code_challenge": nil], "invalid_request"),
                (["code_challenge_method": nil], "invalid_request"), (["request": "x"], "request_not_supported"),
                (["request_uri": "x"], "request_uri_not_supported"),
                (["registration": "{}"], "registration_not_supported"),
                (["response_mode": ""], "invalid_request"), (["response_mode": "x"], "invalid_request"),
                (["claims": "{"], "invalid_request"), (["id_token_hint": "x"], "invalid_request"),
                (["prompt": "none"], "login_required"), (["resource": "https://api.example"], "invalid_target"),
            ]
            for (changes, error) in redirects {
                let answer = await browser.get(walk.authorize(changes))
                #expect(answer.status == .seeOther, "\(changes)")
                let parameters = try answer.answer()
                #expect(parameters["error"] == error, "\(changes)")
                #expect(parameters["state"] == "st<>&'\"ate", "\(changes)")
                #expect(parameters["iss"] == TestServer.https, "\(changes)")
            }
            let repeated = await browser.get(walk.authorize() + "&nonce=x")
            #expect(try repeated.answer()["error"] == "invalid_request")
        }
    }

    @Test("Pages: odd forms and handles are pages too, and change nothing")
    func pages() async throws {
        try await TestServer.run { server in
            let browser = TestBrowser(server)
            for (target, status) in [
                ("/login?request=x", 410), ("/login?request=mlt_ar_1x", 410), ("/consent", 400),
                ("/consent?request=", 400),
                ("/consent?request=x", 410), ("/login?request=%zz", 400), ("/consent?request=%ff", 400),
                ("/login?request=\(String(repeating: "a", count: 10_000))", 410),
            ] {
                let page = await browser.get(target)
                #expect(page.status.code == status, "\(target.prefix(40))")
                #expect(page.headers[first: "content-type"]?.hasPrefix("text/html") == true)
            }
            let form: Headers = ["Content-Type": "application/x-www-form-urlencoded"]
            for (path, headers, body, status) in [
                ("/login", form, "", 403), ("/login", form, "username=%zz", 400), ("/login", form, "%ff=1", 400),
                ("/login", Broken.json, "{}", 415), ("/consent", form, "", 400), ("/consent", form, "request=x", 410),
                ("/account", form, "action=logout", 303), ("/account", ["Content-Type": "text/plain"], "x", 415),
                ("/", form, "a=b", 405), ("/errors/invalid_request", form, "a=b", 405),
            ] as [(String, Headers, String, Int)] {
                let page = await browser.send(.post, path, headers, body)
                #expect(page.status.code == status, "\(path) \(body)")
            }
        }
    }
}
