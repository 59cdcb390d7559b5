import Crypto
import JOSE
import Testing

@Suite("Compact JWS (RFC 7515)")
struct JWSTests {
    @Test("§5.1, §5.2: what a signer signs verifies by its JWK Set", arguments: [SigningKey.Kind.rsa2048, .p256])
    func roundTrip(kind: SigningKey.Kind) throws {
        let signer = try JWSSigner(key: SigningKey.generate(kind), type: "at+jwt")
        let set = try JWKS(parsing: JWKS([JWK(signer.key.verificationKey)]).json.encoded())
        let token = try signer.sign(JSON.object(JSONObject([("sub", "1")])).encoded())
        let jws = try UnverifiedJWS(parsing: token).verified(with: set)
        #expect(jws.header.keyID == signer.keyID)
        #expect(jws.header.hasType("application/AT+JWT"))
        #expect(try JWTClaims(jws).subject == "1")
    }
}
