import Crypto
import JOSE

@testable import ResourceServer

extension HostileToken {
    /// Rightly signed, and not for us or not by the rules.
    static let claims: [HostileToken] =
        ["iss", "aud", "exp", "iat", "sub", "client_id", "jti"].map { name in
            HostileToken("no \(name)", .claims(.missing(name))) { try $0.token(claims: [(name, nil)]) }
        }
        + ["iss", "aud", "exp", "iat", "sub", "client_id", "jti", "scope"].map { name in
            HostileToken("\(name) of the wrong type", .claims(.malformed(name))) {
                try $0.token(claims: [(name, ["x": 1])])
            }
        }
        + ["sub", "client_id", "jti"].map { name in
            HostileToken("an empty \(name)", .claims(.malformed(name))) { try $0.token(claims: [(name, "")]) }
        }
        + [
            "https://id.example/", "https://ID.example", "http://id.example", "https://id.example.evil.example",
            "https://id.example:443", "https://evil.example", "id.example", "",
        ].map { issuer in
            HostileToken("iss '\(issuer)'", .claims(.wrongIssuer)) { try $0.token(claims: [("iss", .string(issuer))]) }
        }
        + [
            "https://api.example/", "https://API.example", "https://api.example.evil.example", "https://api",
            "client-1",
            "https://id.example", "*", "",
        ].map { audience in
            HostileToken("aud '\(audience)'", .claims(.wrongAudience)) {
                try $0.token(claims: [("aud", .string(audience))])
            }
        } + [
            HostileToken("aud of others only", .claims(.wrongAudience)) {
                try $0.token(claims: [("aud", ["https://other.example", "https://id.example"])])
            },
            HostileToken("aud as one text of several", .claims(.wrongAudience)) {
                try $0.token(claims: [("aud", "https://other.example https://api.example")])
            },
            HostileToken("an empty aud", .claims(.missing("aud"))) { try $0.token(claims: [("aud", [])]) },
            HostileToken("aud with something else among texts", .claims(.malformed("aud"))) {
                try $0.token(claims: [("aud", [.string(Forge.audience), 1])])
            },
            HostileToken("aud nested", .claims(.malformed("aud"))) {
                try $0.token(claims: [("aud", [[.string(Forge.audience)]])])
            },
            HostileToken("scope as an array", .claims(.malformed("scope"))) {
                try $0.token(claims: [("scope", ["contracts:read"])])
            },
            HostileToken("scope with two spaces", .claims(.malformed("scope"))) {
                try $0.token(claims: [("scope", "contracts:read  profile")])
            },
            HostileToken("scope with a line break", .claims(.malformed("scope"))) {
                try $0.token(claims: [("scope", "contracts:read\nadmin")])
            },
            HostileToken("scope that only looks like one", .claims(.malformed("scope"))) {
                try $0.token(claims: [("scope", "\u{212A}")])
            },
            HostileToken("bound to a key by thumbprint (RFC 9449 §6.1)", .bound) {
                try $0.token(claims: [("cnf", ["jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"])])
            },
            HostileToken("bound to a certificate (RFC 8705 §3.1)", .bound) {
                try $0.token(claims: [("cnf", ["x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"])])
            },
        ]

    static let times: [HostileToken] = [
        HostileToken("expired", .claims(.expired)) {
            try $0.token(claims: [("exp", .integer(now - 1)), ("iat", .integer(now - 3600))])
        },
        HostileToken("expired at this very moment", .claims(.expired)) {
            try $0.token(claims: [("exp", .integer(now)), ("iat", .integer(now - 3600))])
        },
        HostileToken("expired in 1970", .claims(.expired)) { try $0.token(claims: [("exp", 1), ("iat", 0)]) },
        HostileToken("expired before 1970", .claims(.expired)) { try $0.token(claims: [("exp", -1), ("iat", -2)]) },
        HostileToken("exp as a text", .claims(.malformed("exp"))) {
            try $0.token(claims: [("exp", .string(String(now + 3600)))])
        },
        HostileToken("exp as null", .claims(.malformed("exp"))) { try $0.token(claims: [("exp", .some(.null))]) },
        HostileToken("exp beyond all numbers", .claims(.json(jsonError(#"{"exp":1e999}"#)))) {
            try $0.token(payloadText: #"{"exp":1e999}"#)
        },
        HostileToken("exp before iat", .claims(.malformed("exp"))) {
            try $0.token(claims: [("exp", .integer(now + 10)), ("iat", .integer(now + 20))])
        },
        HostileToken("issued in the future", .claims(.notYetValid("iat"))) {
            try $0.token(claims: [("iat", .integer(now + 31))])
        },
        HostileToken("issued in milliseconds", .claims(.notYetValid("iat"))) {
            try $0.token(claims: [("iat", .integer(now * 1000)), ("exp", .integer(now * 1000 + 3_600_000))])
        },
        HostileToken("not valid yet", .claims(.notYetValid("nbf"))) {
            try $0.token(claims: [("nbf", .integer(now + 31))])
        },
    ]

    private static let now = Int64(TestClock.start)
}
