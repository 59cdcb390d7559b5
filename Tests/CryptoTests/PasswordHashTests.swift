import Crypto
import Testing

@Suite("Password hashes (RFC 7914)")
struct PasswordHashTests {
    let cheap = Scrypt.Parameters(logN: 4)

    @Test("A hash matches its password only, also after it was stored")
    func roundTrip() throws {
        let hash = try Scrypt.hash(Array("correct horse".utf8), parameters: #require(cheap))
        let stored = try #require(PasswordHash(encoded: hash.encoded))
        #expect(stored == hash)
        #expect(try stored.matches(Array("correct horse".utf8)))
        #expect(try !stored.matches(Array("correct horsf".utf8)))
        #expect(try !stored.matches([]))
    }
}
