import Crypto
import Testing

@Suite("Keys and signatures (RFC 7518 §3.3-§3.5)")
struct SigningKeyTests {
    @Test(
        "A generated key signs what its public half verifies, and nothing else",
        arguments: [
            (SigningKey.Kind.rsa2048, SignatureAlgorithm.rs256, 256), (.rsa2048, .ps256, 256), (.rsa3072, .rs256, 384),
            (.p256, .es256, 64),
        ])
    func roundTrip(kind: SigningKey.Kind, algorithm: SignatureAlgorithm, byteCount: Int) throws {
        let key = try SigningKey.generate(kind, for: algorithm)
        let message = Array("a message".utf8)
        let signature = try key.sign(message)
        #expect(key.algorithm == algorithm)
        #expect(signature.count == byteCount)
        #expect(key.verificationKey.isValidSignature(signature, for: message))
        #expect(!key.verificationKey.isValidSignature(signature, for: message + [0]))
    }

    @Test(
        "A key survives export and import as PKCS#8, DER and PEM (RFC 5958)",
        arguments: [SigningKey.Kind.rsa2048, .p256])
    func pkcs8RoundTrip(kind: SigningKey.Kind) throws {
        let key = try SigningKey.generate(kind)
        let fromPEM = try SigningKey(pem: key.pem())
        let fromDER = try SigningKey(der: key.der())
        let message = Array("a message".utf8)
        for copy in [fromPEM, fromDER] {
            #expect(copy.components == key.components)
            #expect(try key.verificationKey.isValidSignature(copy.sign(message), for: message))
        }
    }
}
