import Crypto
import JOSE
import Testing

@Suite("JWT claims (RFC 7519, RFC 8725)")
struct JWTTests {
    private let requirements = JWTRequirements(
        type: nil, issuer: "https://issuer.example", audience: ["api", "other"])

    private func claims(_ changes: [(String, JSON?)] = []) throws -> JWTClaims {
        var object = JSONObject([
            ("iss", "https://issuer.example"), ("sub", "1"), ("aud", "api"), ("exp", 2000), ("nbf", 1000),
            ("iat", 1000), ("jti", "j"),
        ])
        for (name, value) in changes { object[name] = value }
        return try JWTClaims(parsing: JSON.object(object).encoded())
    }

    @Test("§4.1: the registered claims are read with their types")
    func registered() throws {
        let claims = try claims([("scope", "a b"), ("exp", 2000.5)])
        #expect(claims.issuer == "https://issuer.example")
        #expect(claims.subject == "1")
        #expect(claims.audience == ["api"])
        #expect(claims.expires == 2000.5)
        #expect(claims.notBefore == 1000)
        #expect(claims.issuedAt == 1000)
        #expect(claims.id == "j")
        #expect(claims["scope"] == "a b")
        #expect(try self.claims([("aud", ["x", "api"])]).audience == ["x", "api"])
        #expect(try self.claims([("aud", nil)]).audience == [])
    }

    @Test(
        "§4.1: a registered claim of another type is refused by name",
        arguments: ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"])
    func malformed(name: String) {
        let wrong: [JSON] = [nil, true, [:], [1]] + (["exp", "nbf", "iat"].contains(name) ? ["2000"] : [1])
        for value in wrong {
            #expect(throws: JWTError.malformed(name)) { try claims([(name, value)]) }
        }
    }

    @Test("§7.2: claims that are not a JSON object with distinct members are refused")
    func notClaims() {
        #expect(throws: JWTError.notAnObject) { try JWTClaims(parsing: Array("[]".utf8)) }
        for text in ["", "{", #"{"iss":"a","iss":"b"}"#, "\u{feff}{}"] {
            let error = #expect(throws: JWTError.self) { try JWTClaims(parsing: Array(text.utf8)) }
            if case .json = error {} else { Issue.record("\(text): \(String(describing: error))") }
        }
    }

    @Test("§4.1.1-§4.1.6: what meets every requirement passes; each that is not met is named")
    func checks() throws {
        let cases: [([(String, JSON?)], JWTError?)] = [
            ([], nil), ([("aud", ["x", "other"])], nil), ([("nbf", nil), ("iat", nil)], nil),
            ([("iss", nil)], .missing("iss")), ([("iss", "https://issuer.example/")], .wrongIssuer),
            ([("iss", "https://ISSUER.example")], .wrongIssuer), ([("aud", nil)], .missing("aud")),
            ([("aud", [])], .missing("aud")), ([("aud", "API")], .wrongAudience), ([("aud", ["x"])], .wrongAudience),
            ([("aud", "")], .wrongAudience), ([("exp", nil)], .missing("exp")), ([("exp", 1500)], .expired),
            ([("exp", 1499.9)], .expired), ([("exp", 1500.1)], nil), ([("exp", -1)], .expired),
            ([("nbf", 1500)], nil), ([("nbf", 1501)], .notYetValid("nbf")), ([("iat", 1501)], .notYetValid("iat")),
            ([("exp", 1e300)], nil),
        ]
        for (changes, error) in cases {
            let claims = try claims(changes)
            if let error {
                #expect(throws: error, "\(changes)") { try requirements.check(claims, now: 1500) }
            } else {
                #expect(throws: Never.self, "\(changes)") { () throws in try requirements.check(claims, now: 1500) }
            }
        }
    }

    @Test("§4.1.1, §4.1.3: issuer and audience are compared code point by code point")
    func canonicalEquivalents() throws {
        let requirements = JWTRequirements(type: nil, issuer: "K", audience: ["\u{C5}"])
        #expect(throws: JWTError.wrongIssuer) {
            try requirements.check(claims([("iss", "\u{212A}"), ("aud", "\u{C5}")]), now: 1500)
        }
        #expect(throws: JWTError.wrongAudience) {
            try requirements.check(claims([("iss", "K"), ("aud", "\u{212B}")]), now: 1500)
        }
    }

    @Test("§4.1.4-§4.1.6: the tolerance widens every bound by the same seconds")
    func tolerance() throws {
        var requirements = requirements
        requirements.tolerance = 10
        let claims = try claims()
        #expect(throws: Never.self) { try requirements.check(claims, now: 2009.9) }
        #expect(throws: JWTError.expired) { try requirements.check(claims, now: 2010) }
        #expect(throws: Never.self) { try requirements.check(claims, now: 990) }
        #expect(throws: JWTError.notYetValid("nbf")) { try requirements.check(claims, now: 989.9) }
        requirements.requiresExpiry = false
        #expect(throws: Never.self) { try requirements.check(self.claims([("exp", nil)]), now: 5000) }
    }

    @Test("RFC 8725 §3.11: a token of another type is refused whatever it claims")
    func type() throws {
        let key = try SigningKey.generate(.p256)
        var requirements = requirements
        requirements.type = "at+jwt"
        let payload = try JSON.object(claims().members).encoded()
        for (type, isAccepted) in [("at+jwt", true), ("application/at+jwt", true), ("JWT", false), (nil, false)] {
            let token = try JWSSigner(key: key, type: type).sign(payload)
            let jws = try UnverifiedJWS(parsing: token).verified(with: key.verificationKey)
            if isAccepted {
                #expect(try requirements.claims(of: jws, now: 1500).subject == "1")
            } else {
                #expect(throws: JWTError.wrongType) { try requirements.claims(of: jws, now: 1500) }
            }
        }
    }

    struct Hashes: Decodable {
        struct CodeChallenge: Decodable {
            let verifier: String
            let challenge: String
        }

        struct Half: Decodable {
            let section: String
            let value: String
            let hash: String
        }

        let codeChallenge: CodeChallenge
        let halves: [Half]
    }

    @Test("OpenID Connect Core A.3, A.4: at_hash and c_hash of the examples")
    func halfHashes() throws {
        let hashes = try Vectors.load("hashes", as: Hashes.self)
        #expect(hashes.halves.count == 2)
        for half in hashes.halves {
            for algorithm in SignatureAlgorithm.allCases {
                #expect(HalfHash.of(half.value, algorithm: algorithm) == half.hash, "\(half.section)")
            }
        }
    }

    @Test("RFC 7636 Appendix B: the S256 challenge of the example")
    func codeChallenge() throws {
        let example = try Vectors.load("hashes", as: Hashes.self).codeChallenge
        #expect(Base64URL.encode(SHA256.hash(example.verifier)) == example.challenge)
    }
}
