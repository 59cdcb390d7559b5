import Crypto
import Foundation
import JOSE
import Testing

@Suite("JWK and JWK Set (RFC 7517, RFC 7638)")
struct JWKTests {
    private func file() throws -> JSON {
        let url = try #require(Bundle.module.url(forResource: "Vectors/rfc7517", withExtension: "json"))
        return try JSON.parse(Array(Data(contentsOf: url)))
    }

    @Test("RFC 7517 A.1: the set of public keys is read, rendered and read again")
    func publicKeys() throws {
        let json = try #require(file()["publicKeys"])
        let set = try JWKS(json)
        #expect(set.keys.map(\.keyID) == ["1", "2011-04-29"])
        #expect(set.keys.map(\.use) == [.encryption, nil])
        #expect(set.keys.map(\.algorithm) == [nil, "RS256"])
        #expect(set.json == json)
        #expect(try JWKS(parsing: set.json.encoded()) == set)
    }

    @Test("RFC 7638 §3.1: the thumbprint of the example, and of the key on P-256 in RFC 7517 A.1")
    func thumbprints() throws {
        let file = try file()
        let set = try JWKS(#require(file["publicKeys"]))
        #expect(set.keys.map(\.thumbprint) == file["thumbprints"]?.strings)
        #expect(set.keys[1].thumbprint == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
    }

    @Test("RFC 7517 A.2, A.3: private and symmetric keys are refused by the member's name")
    func privateKeys() throws {
        let file = try file()
        #expect(throws: JWKError.privateMember("d")) { try JWKS(#require(file["privateKeys"])) }
        #expect(throws: JWKError.privateMember("k")) { try JWKS(#require(file["symmetricKeys"])) }
        let keys = try #require(file["publicKeys"]?["keys"]?.array)
        for name in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            var object = try #require(keys[1].object)
            object[name] = "AQAB"
            #expect(throws: JWKError.privateMember(name)) { try JWK(.object(object)) }
        }
    }

    @Test("A key of ours renders its public members, kid, use and alg, and nothing else")
    func rendering() throws {
        let rsa = try SigningKey.generate(.rsa2048)
        let ec = try SigningKey.generate(.p256)
        #expect(JWK(rsa.verificationKey).json.object?.names == ["kty", "n", "e", "kid", "use", "alg"])
        #expect(JWK(ec.verificationKey).json.object?.names == ["kty", "crv", "x", "y", "kid", "use", "alg"])
        for key in [rsa, ec] {
            let jwk = JWK(key.verificationKey)
            #expect(jwk.keyID == jwk.thumbprint)
            #expect(jwk.algorithm == key.algorithm.rawValue)
            #expect(try JWK(jwk.json) == jwk)
            #expect(jwk.verificationKey(for: key.algorithm) == key.verificationKey)
        }
    }

    @Test("Each broken JWK is refused by the member's name")
    func broken() throws {
        let rsa = try #require(JWK(SigningKey.generate(.rsa2048).verificationKey).json.object)
        let ec = try #require(JWK(SigningKey.generate(.p256).verificationKey).json.object)
        let n = try #require(rsa["n"]?.string)
        let y = try #require(ec["y"]?.string)
        let refused: [(JSONObject, String, JSON?, JWKError)] = [
            (rsa, "kty", nil, .missing("kty")), (rsa, "kty", 1, .malformed("kty")),
            (rsa, "kty", "rsa", .unsupported("kty")), (rsa, "kty", "oct", .unsupported("kty")),
            (rsa, "kty", "OKP", .unsupported("kty")), (rsa, "kty", "EC", .missing("crv")),
            (rsa, "n", nil, .missing("n")), (rsa, "e", nil, .missing("e")), (rsa, "e", 65537, .malformed("e")),
            (rsa, "e", "AQAB=", .malformed("e")), (rsa, "n", .string(n + "="), .malformed("n")),
            (rsa, "n", "AQAB", .key(.modulusBits(17))), (rsa, "e", "Aw", .key(.badExponent)),
            (rsa, "n", .string("AA" + n), .key(.badModulus)), (rsa, "e", "", .key(.badExponent)),
            (rsa, "n", "", .key(.badModulus)), (rsa, "n", .string("AAAA" + n), .key(.badModulus)),
            (rsa, "kid", 1, .malformed("kid")), (rsa, "kid", nil, .missing("")), (rsa, "use", 1, .malformed("use")),
            (rsa, "use", "tls", .unsupported("use")), (rsa, "alg", ["RS256"], .malformed("alg")),
            (rsa, "key_ops", "verify", .malformed("key_ops")), (rsa, "key_ops", [1], .malformed("key_ops")),
            (ec, "crv", nil, .missing("crv")), (ec, "crv", "P-384", .unsupported("crv")),
            (ec, "crv", "secp256k1", .unsupported("crv")), (ec, "x", nil, .missing("x")),
            (ec, "y", nil, .missing("y")), (ec, "y", "AA", .key(.badPoint)), (ec, "x", .string(y), .key(.badPoint)),
            (ec, "y", .string("AAAA" + y), .key(.badPoint)),
        ]
        for (whole, member, value, error) in refused {
            var object = whole
            object[member] = value
            guard error != .missing("") else {
                #expect(throws: Never.self) { try JWK(.object(object)) }
                continue
            }
            #expect(throws: error, "\(member) = \(value ?? "absent")") { try JWK(.object(object)) }
        }
        for json: JSON in [nil, [], "x", 1] { #expect(throws: JWKError.notAnObject) { try JWK(json) } }
    }

    @Test("RFC 7517 §5: a set passes over keys it does not understand, and unknown members")
    func unknownKeys() throws {
        let good = try JWK(SigningKey.generate(.p256).verificationKey)
        var known = try #require(good.json.object)
        known["x5t"] = "ignored"
        known["ext"] = true
        let json: JSON = [
            "keys": [
                ["kty": "OKP", "crv": "Ed25519", "x": "AA"], "nonsense", .object(known), ["kty": "RSA"],
                ["kty": "EC", "crv": "P-521"],
            ], "other": 1,
        ]
        #expect(try JWKS(json).keys == [good])
        #expect(try JWKS(["keys": []]).keys.isEmpty)
    }

    @Test("What is no JWK Set, or too large a one, is refused")
    func brokenSets() {
        #expect(throws: JWKError.notAnObject) { try JWKS(JSON.array([])) }
        #expect(throws: JWKError.noKeys) { try JWKS([:]) }
        #expect(throws: JWKError.noKeys) { try JWKS(["keys": ["kty": "RSA"]]) }
        #expect(throws: JWKError.tooManyKeys(limit: 64)) {
            try JWKS(["keys": .array([JSON](repeating: nil, count: 65))])
        }
        #expect(throws: JWKError.self) { try JWKS(parsing: Array("{".utf8)) }
        #expect(throws: JWKError.self) { try JWKS(parsing: Array(#"{"keys":[],"keys":[]}"#.utf8)) }
    }

    @Test("RFC 7517 §4.2-§4.4: use, key_ops and alg each say what a key is not for")
    func purposes() throws {
        let whole = try #require(JWK(SigningKey.generate(.rsa2048).verificationKey).json.object)
        func suitable(_ changes: [(String, JSON?)]) throws -> [SignatureAlgorithm] {
            var object = whole
            for (name, value) in changes { object[name] = value }
            let key = try JWK(.object(object))
            return SignatureAlgorithm.allCases.filter { key.verificationKey(for: $0) != nil }
        }
        #expect(try suitable([]) == [.rs256])
        #expect(try suitable([("alg", nil)]) == [.rs256, .ps256])
        #expect(try suitable([("alg", "PS256"), ("use", nil)]) == [.ps256])
        #expect(try suitable([("alg", "RSA-OAEP-256")]) == [])
        #expect(try suitable([("alg", "ES256")]) == [])
        #expect(try suitable([("use", "enc")]) == [])
        #expect(try suitable([("key_ops", ["verify"])]) == [.rs256])
        #expect(try suitable([("key_ops", ["encrypt", "wrapKey"])]) == [])
        #expect(try suitable([("key_ops", [])]) == [])
    }

    @Test("A key is found by its id, code point by code point, and by its algorithm")
    func candidates() throws {
        let key = try SigningKey.generate(.p256)
        var object = try #require(JWK(key.verificationKey).json.object)
        object["kid"] = "\u{C5}"
        let set = try JWKS(["keys": [.object(object)]])
        #expect(set.candidates(keyID: "\u{C5}", algorithm: .es256) == [key.verificationKey])
        #expect(set.candidates(keyID: "\u{212B}", algorithm: .es256).isEmpty)  // equal for Swift, other code points
        #expect(set.candidates(keyID: "", algorithm: .es256).isEmpty)
        #expect(set.candidates(keyID: nil, algorithm: .es256) == [key.verificationKey])
        #expect(set.candidates(keyID: nil, algorithm: .rs256).isEmpty)
    }
}
