import Crypto
import Testing

@Suite("AES-256-GCM (NIST SP 800-38D)")
struct AESGCMTests {
    @Test("What was sealed opens under the same key and associated data only")
    func roundTrip() throws {
        let key = try SymmetricKey.random()
        for plaintext in [[], Array("a secret".utf8)] {
            let sealed = try AESGCM.seal(plaintext, key: key, associatedData: [1])
            #expect(try AESGCM.open(sealed, key: key, associatedData: [1]) == plaintext)
            #expect(throws: AESGCM.OpenError.notAuthentic) { try AESGCM.open(sealed, key: key, associatedData: [2]) }
            #expect(throws: AESGCM.OpenError.notAuthentic) {
                try AESGCM.open(sealed, key: key.derived(for: "x"), associatedData: [1])
            }
        }
    }
}
