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

    @Test("One key signs on many threads at once")
    func concurrency() async throws {
        for key in try [SigningKey.generate(.rsa2048), .generate(.p256)] {
            let valid = try await withThrowingTaskGroup(of: Int.self) { group in
                for worker in 0..<8 {
                    group.addTask {
                        try (0..<25).count { index in
                            let message = Array("message \(worker) \(index)".utf8)
                            return try key.verificationKey.isValidSignature(key.sign(message), for: message)
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(valid == 200)
        }
    }

    @Test("RFC 7518 §3.4: an ES256 signature is 64 bytes whatever its numbers are")
    func fixedLength() throws {
        let key = try SigningKey.generate(.p256)
        // One signature in 128 has a number with a leading zero byte.
        for index in 0..<1000 {
            let message = Array("message \(index)".utf8)
            let signature = try key.sign(message)
            #expect(signature.count == 64)
            #expect(key.verificationKey.isValidSignature(signature, for: message))
        }
    }

    @Test("A signing key shows nothing of itself")
    func secrecy() throws {
        let key = try SigningKey.generate(.p256)
        var dumped = ""
        dump(key, to: &dumped)
        #expect("\(key)" == "SigningKey(ES256)")
        #expect(String(reflecting: key) == "SigningKey(ES256)")
        #expect(dumped == "- SigningKey(ES256)\n")
    }
}
