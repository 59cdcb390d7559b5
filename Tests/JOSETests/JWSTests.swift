import Crypto
import JOSE
import Testing

@Suite("Compact JWS (RFC 7515)")
struct JWSTests {
    struct Example: Decodable {
        let section: String
        let algorithm: String
        let pem: String?
        let payload: String
        let token: String
    }

    struct Case: Decodable {
        let name: String
        let token: String
        let key: String
        let error: String
    }

    private func examples() throws -> [Example] {
        try Vectors.load("rfc7515")
    }

    @Test("A.2, A.3: the tokens of the RFC verify, and give its payload")
    func verification() throws {
        for example in try examples() where example.pem != nil {
            let key = try SigningKey(pem: #require(example.pem)).verificationKey
            let jws = try UnverifiedJWS(parsing: example.token).verified(with: key)
            #expect(jws.header.algorithm.rawValue == example.algorithm)
            #expect(String(decoding: jws.payload, as: UTF8.self) == example.payload)
            #expect(try JWTClaims(jws).issuer == "joe")
            #expect(try JWTClaims(jws).expires == 1_300_819_380)
        }
    }

    @Test("A.2: an RS256 signature is the RFC's own, byte for byte")
    func deterministicSignature() throws {
        let example = try examples()[1]
        let parts = example.token.split(separator: ".")
        let key = try SigningKey(pem: #require(example.pem))
        let signature = try key.sign(Array("\(parts[0]).\(parts[1])".utf8))
        #expect(Base64URL.encode(signature) == parts[2])
    }

    @Test("A.1: HS256 is refused before any key is looked at")
    func symmetric() throws {
        let token = try examples()[0].token
        #expect(throws: JWSError.unsupportedAlgorithm) { try UnverifiedJWS(parsing: token) }
    }

    @Test(
        "CVE-2026-67336: no spelling of alg none is an algorithm",
        arguments: ["none", "None", "NONE", "nOnE", "", " none", "none ", "HS256", "HS384", "HS512"])
    func none(name: String) throws {
        #expect(SignatureAlgorithm(rawValue: name) == nil)
        let header = JSON.object(JSONObject([("alg", .string(name))])).encoded()
        for signature in ["", "AAAA"] {
            let token = "\(Base64URL.encode(header)).e30.\(signature)"
            #expect(throws: JWSError.unsupportedAlgorithm) { try UnverifiedJWS(parsing: token) }
        }
    }

    @Test("§5.1, §5.2: what a signer signs verifies by its JWK Set", arguments: [SigningKey.Kind.rsa2048, .p256])
    func roundTrip(kind: SigningKey.Kind) throws {
        let signer = try JWSSigner(key: SigningKey.generate(kind), type: "at+jwt")
        let other = try JWK(SigningKey.generate(kind).verificationKey)
        let keys = JWKS([other, JWK(signer.key.verificationKey)])
        let set = try JWKS(parsing: keys.json.encoded())
        for payload in [[], Array("{}".utf8), [0xFF], [UInt8](repeating: 7, count: 3000)] {
            let jws = try UnverifiedJWS(parsing: signer.sign(payload)).verified(with: set)
            #expect(jws.payload == payload)
            #expect(jws.header.keyID == signer.keyID)
            #expect(jws.header.type == "at+jwt")
            #expect(jws.header.parameters.names == ["alg", "typ", "kid"])
        }
    }

    @Test("A signer writes the id it is given, escaped, and no typ where none is wanted")
    func header() throws {
        let signer = try JWSSigner(key: SigningKey.generate(.p256), type: nil, keyID: "a\"b")
        let header = try UnverifiedJWS(parsing: signer.sign([])).header
        #expect(header.parameters == JSONObject([("alg", "ES256"), ("kid", "a\"b")]))
        #expect(!header.hasType("JWT"))
    }

    @Test(
        "§4.1.9: typ is a media type, with or without application/, in any letter case",
        arguments: [
            ("at+jwt", "at+jwt", true), ("AT+JWT", "at+jwt", true), ("application/at+jwt", "at+jwt", true),
            ("Application/AT+jwt", "application/at+jwt", true), ("JWT", "at+jwt", false), ("at+jwt ", "at+jwt", false),
            ("", "at+jwt", false), ("application/", "at+jwt", false), ("x/at+jwt", "at+jwt", false),
        ])
    func type(written: String, expected: String, matches: Bool) throws {
        let signer = try JWSSigner(key: SigningKey.generate(.p256), type: written)
        #expect(try UnverifiedJWS(parsing: signer.sign([])).header.hasType(expected) == matches)
    }

    @Test("§5.2, §10: each token of the table is accepted, or refused for the right reason (CVE-2022-21449 among them)")
    func table() throws {
        let rsa = try SigningKey(pem: #require(examples()[1].pem)).verificationKey
        let ec = try SigningKey(pem: #require(examples()[2].pem)).verificationKey
        let set = try JWKS(["keys": [named(rsa, "r"), named(ec, "e")]])
        let cases = try Vectors.load("jws", as: [Case].self)
        #expect(cases.count == 108)
        for vector in cases {
            var outcome = ""
            do throws(JWSError) {
                let token = try UnverifiedJWS(parsing: vector.token)
                _ =
                    switch vector.key {
                    case "rsa": try token.verified(with: rsa)
                    case "ec": try token.verified(with: ec)
                    default: try token.verified(with: set)
                    }
            } catch {
                outcome = name(of: error)
                #expect("\(error)".utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C })
            }
            #expect(outcome == vector.error, "\(vector.name)")
        }
    }

    @Test("RFC 8725 §3.1: an algorithm that is not allowed here is refused, whatever the keys are for")
    func allowedAlgorithms() throws {
        let signer = try JWSSigner(key: SigningKey.generate(.p256), type: nil)
        let set = JWKS([JWK(signer.key.verificationKey)])
        let token = try UnverifiedJWS(parsing: signer.sign([]))
        #expect(throws: JWSError.algorithmMismatch) { try token.verified(with: set, allowing: [.rs256, .ps256]) }
        #expect(throws: JWSError.algorithmMismatch) { try token.verified(with: set, allowing: []) }
        #expect(throws: Never.self) { try token.verified(with: set, allowing: [.es256]) }
    }

    @Test("A token at its limit is read, one character more is not")
    func limit() throws {
        let token = try examples()[1].token
        #expect(throws: Never.self) { try UnverifiedJWS(parsing: token, limit: token.utf8.count) }
        #expect(throws: JWSError.tooLong) { try UnverifiedJWS(parsing: token, limit: token.utf8.count - 1) }
    }

    @Test("A token with one character changed anywhere never verifies")
    func mutations() throws {
        let example = try examples()[2]
        let key = try SigningKey(pem: #require(example.pem)).verificationKey
        let token = Array(example.token.utf8)
        for place in token.indices {
            for byte in [UInt8(ascii: "A"), UInt8(ascii: "_"), UInt8(ascii: "."), token[place] ^ 1, 0, 0xFF]
            where byte != token[place] {
                var changed = token
                changed[place] = byte
                let text = String(decoding: changed, as: UTF8.self)
                #expect(throws: JWSError.self) { try UnverifiedJWS(parsing: text).verified(with: key) }
            }
            let shorter = String(decoding: token[..<place], as: UTF8.self)
            #expect(throws: JWSError.self) { try UnverifiedJWS(parsing: shorter).verified(with: key) }
        }
    }

    private func named(_ key: VerificationKey, _ id: String) -> JSON {
        var object = JWK(key).json.object ?? JSONObject()
        object["kid"] = .string(id)
        return .object(object)
    }

    private func name(of error: JWSError) -> String {
        switch error {
        case .tooLong: "tooLong"
        case .malformed: "malformed"
        case .malformedHeader: "malformedHeader"
        case .badHeaderParameter(let name): "badHeaderParameter(\(name))"
        case .unsupportedAlgorithm: "unsupportedAlgorithm"
        case .unsupportedExtension(let name): "unsupportedExtension(\(name))"
        case .algorithmMismatch: "algorithmMismatch"
        case .unknownKey: "unknownKey"
        case .invalidSignature: "invalidSignature"
        }
    }
}
