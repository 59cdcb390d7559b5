import Testing

@testable import Crypto

@Suite("AES-256-GCM (NIST SP 800-38D)")
struct AESGCMTests {
    struct Vector: Decodable {
        let source: String
        let key: Hex
        let nonce: Hex
        let associatedData: Hex
        let plaintext: Hex
        let ciphertext: Hex
        let tag: Hex
    }

    @Test("NIST CAVP and McGrew and Viega: encryption, decryption and every kind of change")
    func vectors() throws {
        let vectors = try Vectors.load("aes-256-gcm", as: [Vector].self)
        #expect(vectors.count == 54)
        for vector in vectors {
            let key = try #require(SymmetricKey(bytes: vector.key.bytes))
            let (nonce, data) = (vector.nonce.bytes, vector.associatedData.bytes)
            let expected = vector.ciphertext.bytes + vector.tag.bytes
            let sealed = try AESGCM.encrypt(vector.plaintext.bytes, key: key, nonce: nonce, associatedData: data)
            #expect(sealed == expected, "\(vector.source)")
            let opened = AESGCM.decrypt(expected, key: key, nonce: nonce, associatedData: data)
            #expect(opened == vector.plaintext.bytes, "\(vector.source)")
            for index in expected.indices {
                var changed = expected
                changed[index] ^= 1
                #expect(AESGCM.decrypt(changed, key: key, nonce: nonce, associatedData: data) == nil)
            }
            #expect(AESGCM.decrypt(expected, key: key, nonce: nonce, associatedData: data + [0]) == nil)
        }
    }

    @Test("What was sealed opens under the same key and associated data only")
    func roundTrip() throws {
        let key = try SymmetricKey.random()
        for plaintext in [[], Array("a secret".utf8), [UInt8](repeating: 7, count: 100_000)] {
            let sealed = try AESGCM.seal(plaintext, key: key, associatedData: [1])
            #expect(try AESGCM.open(sealed, key: key, associatedData: [1]) == plaintext)
            #expect(throws: AESGCM.OpenError.notAuthentic) { try AESGCM.open(sealed, key: key, associatedData: [2]) }
            #expect(throws: AESGCM.OpenError.notAuthentic) { try AESGCM.open(sealed, key: key, associatedData: []) }
            #expect(throws: AESGCM.OpenError.notAuthentic) {
                try AESGCM.open(sealed, key: key.derived(for: "x"), associatedData: [1])
            }
        }
    }

    @Test("A changed, shortened or unknown sealed value opens nowhere, and leaves no error behind")
    func tampering() throws {
        let key = try SymmetricKey.random()
        let sealed = try AESGCM.seal(Array("a secret".utf8), key: key, associatedData: [])
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 0x40
            let expected: AESGCM.OpenError = index == 0 ? .malformed : .notAuthentic
            #expect(throws: expected) { try AESGCM.open(changed, key: key, associatedData: []) }
        }
        for length in 0..<sealed.count {
            #expect(throws: AESGCM.OpenError.self) {
                try AESGCM.open(Array(sealed.prefix(length)), key: key, associatedData: [])
            }
        }
        #expect(ErrorQueue.drain() == "")
    }

    @Test("SP 800-38D §8.2.2: each sealing has a nonce of its own")
    func nonces() throws {
        let key = try SymmetricKey.random()
        let sealed = try (0..<100).map { _ in try AESGCM.seal([1], key: key, associatedData: []) }
        #expect(Set(sealed.map { $0[1..<13] }).count == 100)
        #expect(Set(sealed.map { $0[0] }) == [1])
    }
}
