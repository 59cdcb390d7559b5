import Crypto
import JOSE
import Testing

@testable import Provider

@Suite("Access tokens that come back: verified once, and only while their key is in the ring")
struct PresentedTokenTests {
    private static let issuer = "https://id.example"
    private static let claims = Array(
        #"{"iss":"https://id.example","sub":"u1","aud":"api","exp":1795266000,"iat":1795262400,"jti":"j1"}"#.utf8)

    private let master: MasterKey
    private let records: [SigningKeyRecord]
    private let ring: KeyRing

    init() throws {
        master = MasterKey(try .random())
        records = try [SigningKey.generate(.p256), .generate(.p256)].map { [master] in
            try master.record(of: $0, createdAt: noon, activatesAt: noon)
        }
        ring = KeyRing(try KeyRingSnapshot(records, master: master, at: noon))
    }

    private func snapshot(_ records: [SigningKeyRecord], at now: Instant = noon) throws -> KeyRingSnapshot {
        try KeyRingSnapshot(records, master: master, at: now)
    }

    private func accessToken(signedBy record: SigningKeyRecord) throws -> String {
        try snapshot([record]).signAccessToken(Self.claims, .es256)
    }

    private func name(_ text: String, issuer: String = issuer) -> TokenID? {
        ring.signedAccessToken(text, issuer: issuer)?.id
    }

    @Test("RFC 9068 §4: a token that one of the keys signed names its row, the first time and every other")
    func known() throws {
        for record in records {
            let text = try accessToken(signedBy: record)
            for _ in 0..<3 {
                let token = try #require(ring.signedAccessToken(text, issuer: Self.issuer))
                #expect(token.id == TokenID("j1"))
                #expect(token.bucket == .day(of: Instant(seconds: 1_795_266_000)))
            }
        }
    }

    @Test("a token that was verified is not accepted any more when its key leaves the ring")
    func keyLeaves() throws {
        let (gone, staying) = (try accessToken(signedBy: records[0]), try accessToken(signedBy: records[1]))
        #expect(name(gone) != nil && name(staying) != nil)
        ring.replace(with: try snapshot([records[1]]))
        #expect(name(gone) == nil)
        #expect(name(staying) != nil)
        ring.replace(with: try snapshot(records))
        #expect(name(gone) != nil)
        // By its time, too.
        var retiring = records[0]
        retiring.state = .retiring
        retiring.retiresAt = noon + 60
        ring.replace(with: try snapshot([retiring, records[1]], at: noon + 59))
        #expect(name(gone) != nil)
        ring.replace(with: try snapshot([retiring, records[1]], at: noon + 60))
        #expect(name(gone) == nil)
        #expect(name(staying) != nil)
    }

    @Test("a key that takes another's place takes its tokens with it, although there are as many keys as before")
    func keyReplaced() throws {
        let text = try accessToken(signedBy: records[0])
        ring.replace(with: try snapshot([records[0]]))
        #expect(name(text) != nil)
        ring.replace(with: try snapshot([records[1]]))
        #expect(name(text) == nil)
    }

    @Test("RFC 7515 §5.2: of a token that was verified, no altered spelling is found by the memory")
    func tampered() throws {
        let text = try accessToken(signedBy: records[0])
        #expect(name(text) != nil)
        for place in text.indices {
            var altered = text
            altered.replaceSubrange(place...place, with: text[place] == "A" ? "B" : "A")
            // The last character of a part may hold bits that no byte has; such a spelling is no base64url.
            #expect(name(altered) == nil)
        }
        for altered in [text + ".", text + "=", " " + text, text + "\n", String(text.dropLast()), ""] {
            #expect(name(altered) == nil)
        }
        #expect(name(text) != nil)
    }

    @Test("RFC 9068 §2.1: an ID token is no access token, nor is a token of no type")
    func types() throws {
        for _ in 0..<2 {
            #expect(name(try snapshot(records).signIDToken(Self.claims, .es256)) == nil)
            let key = try master.open(records[0])
            for type in ["JWT", "at+jwt2", "logout+jwt", nil] {
                #expect(name(try JWSSigner(key: key, type: type).sign(Self.claims)) == nil)
            }
            #expect(name(try JWSSigner(key: key, type: "at+jwt").sign(Self.claims)) != nil)
        }
    }

    @Test("RFC 9068 §4: a token of another issuer is not this one's, whoever verified it first")
    func issuers() throws {
        let text = try accessToken(signedBy: records[0])
        for _ in 0..<2 {
            #expect(name(text, issuer: "https://other.example") == nil)
            #expect(name(text) != nil)
        }
    }

    @Test("a token without issuer, id or end names no row", arguments: ["iss", "jti", "exp"])
    func claims(missing: String) throws {
        let text = String(decoding: Self.claims, as: UTF8.self).replacing("\"\(missing)\"", with: "\"x\(missing)\"")
        let token = try snapshot(records).signAccessToken(Array(text.utf8), .es256)
        for _ in 0..<2 { #expect(name(token) == nil) }
    }

    @Test("a key of another ring signs nothing here")
    func foreignKey() throws {
        let other = try master.record(of: .generate(.p256), createdAt: noon, activatesAt: noon)
        #expect(name(try accessToken(signedBy: other)) == nil)
    }

    @Test("whoever asks while the keys are replaced, nothing of a key that left is remembered")
    func replacedMeanwhile() async throws {
        let texts = try (0..<50).map { _ in try accessToken(signedBy: records[0]) }
        let without = try snapshot([records[1]])
        let with = try snapshot(records)
        for _ in 0..<20 {
            ring.replace(with: with)
            await withTaskGroup(of: Void.self) { group in
                for text in texts { group.addTask { _ = ring.signedAccessToken(text, issuer: Self.issuer) } }
                group.addTask { ring.replace(with: without) }
            }
            for text in texts { #expect(name(text) == nil) }
        }
    }
}
