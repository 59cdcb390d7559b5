import Testing

@testable import Crypto

@Suite("Digests, HMAC and HKDF")
struct DigestTests {
    struct SHA2Vector: Decodable {
        let message: String
        let sha256: Hex
        let sha384: Hex
        let sha512: Hex
    }

    @Test("FIPS 180-4: SHA-256, SHA-384 and SHA-512, whole and in pieces")
    func sha2() throws {
        let vectors = try Vectors.load("fips180-4", as: [SHA2Vector].self)
        #expect(vectors.count == 4)
        for vector in vectors {
            let message = Array(vector.message.utf8)
            let middle = message.count / 2
            let (head, tail) = (Array(message[..<middle]), Array(message[middle...]))
            #expect(SHA256.hash(message) == vector.sha256.bytes)
            #expect(SHA256.hash(vector.message) == vector.sha256.bytes)
            #expect(SHA256.hash(head, tail) == vector.sha256.bytes)
            #expect(SHA384.hash(head, [], tail) == vector.sha384.bytes)
            #expect(SHA512.hash(message) == vector.sha512.bytes)
        }
    }

    struct HMACVector: Decodable {
        let key: Hex
        let message: Hex
        let code: Hex
    }

    @Test("RFC 4231: HMAC with SHA-256")
    func hmac() throws {
        let vectors = try Vectors.load("rfc4231", as: [HMACVector].self)
        #expect(vectors.count == 6)
        for vector in vectors {
            #expect(HMACSHA256.code(for: [vector.message.bytes], key: vector.key.bytes) == vector.code.bytes)
        }
    }

    @Test("RFC 2202 §3: HMAC with SHA-1")
    func hmacSHA1() throws {
        let vectors = try Vectors.load("rfc2202", as: [HMACVector].self)
        #expect(vectors.count == 7)
        for vector in vectors {
            #expect(HMACSHA1.code(for: vector.message.bytes, key: vector.key.bytes) == vector.code.bytes)
        }
    }

    @Test("RFC 2104: a code is valid whole, for its message and under its key only")
    func hmacVerification() throws {
        let key = try #require(SymmetricKey(bytes: Array(0..<32)))
        let message = Array("a message".utf8)
        let code = HMACSHA256.code(for: message, key: key)
        #expect(code == HMACSHA256.code(for: Array("a ".utf8), Array("message".utf8), key: key))
        #expect(HMACSHA256.isValid(code, for: message, key: key))
        #expect(!HMACSHA256.isValid(Array(code.dropLast()), for: message, key: key))
        #expect(!HMACSHA256.isValid([], for: message, key: key))
        #expect(!HMACSHA256.isValid(code, for: message + [0], key: key))
        #expect(!HMACSHA256.isValid(code, for: message, key: key.derived(for: "another")))
    }

    struct HKDFVector: Decodable {
        let inputKeyMaterial: Hex
        let salt: Hex
        let info: Hex
        let byteCount: Int
        let pseudorandomKey: Hex
        let output: Hex
    }

    @Test("RFC 5869 A.1-A.3: HKDF with SHA-256")
    func hkdf() throws {
        let vectors = try Vectors.load("rfc5869", as: [HKDFVector].self)
        #expect(vectors.count == 3)
        for vector in vectors {
            let key = HKDF.extract(inputKeyMaterial: vector.inputKeyMaterial.bytes, salt: vector.salt.bytes)
            #expect(key == vector.pseudorandomKey.bytes)
            let output = HKDF.expand(
                pseudorandomKey: key, info: vector.info.bytes, byteCount: vector.byteCount)
            #expect(output == vector.output.bytes)
        }
    }

    @Test("RFC 5869 §2.3: each label gives a key of its own, the same each time")
    func derivation() throws {
        let master = try #require(SymmetricKey(bytes: Array(0..<32)))
        #expect(master.derived(for: "a").bytes == master.derived(for: "a").bytes)
        #expect(master.derived(for: "a").bytes != master.derived(for: "b").bytes)
        #expect(master.derived(for: "a").bytes != master.bytes)
        #expect(HKDF.expand(pseudorandomKey: master.bytes, info: [], byteCount: 255 * 32).count == 8160)
    }

    @Test("A symmetric key is 32 bytes and shows none of them")
    func symmetricKey() throws {
        #expect(SymmetricKey(bytes: Array(0..<31)) == nil)
        #expect(SymmetricKey(bytes: Array(0..<33)) == nil)
        let key = try #require(SymmetricKey(bytes: [UInt8](repeating: 0xAB, count: 32)))
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped] {
            #expect(!text.contains("171") && !text.lowercased().contains("ab ab"))
            #expect(text.contains("SymmetricKey(256 bits)"))
        }
    }

    @Test("Constant-time comparison decides like the ordinary one")
    func constantTime() {
        #expect(constantTimeEquals([], []))
        #expect(constantTimeEquals([1, 2, 3], [1, 2, 3]))
        #expect(!constantTimeEquals([1, 2, 3], [1, 2]))
        #expect(!constantTimeEquals([1, 2, 3], [1, 2, 4]))
        #expect(constantTimeEquals("secret", "secret"))
        #expect(!constantTimeEquals("K", "\u{212A}"))  // the Kelvin sign: equal for Swift, other bytes
    }

    @Test("Random bytes are as many as asked for and do not repeat")
    func random() throws {
        #expect(try SecureRandom.bytes(0).isEmpty)
        let drawn = try (0..<100).map { _ in try SecureRandom.bytes(16) }
        #expect(Set(drawn).count == 100)
        #expect(drawn.allSatisfy { $0.count == 16 })
    }
}
