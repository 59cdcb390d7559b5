import Crypto
import JOSE
import Testing
import WebAuthn

@Suite("Registering a credential (Web Authentication Level 2 §7.1)")
struct RegistrationTests {
    @Test("§7.1: each registration of the table is accepted, or refused for the right reason")
    func table() throws {
        let vectors = try Vectors.load("registrations", as: [RegistrationVector].self)
        #expect(vectors.count == 252)
        for vector in vectors {
            #expect(try outcome { _ = try vector.verify() } == vector.error, "\(vector.name)")
        }
    }

    @Test("§7.1 step 23: what is kept is what the authenticator said")
    func result() throws {
        for vector in try Vectors.load("registrations", as: [RegistrationVector].self) where vector.error.isEmpty {
            let credential = try vector.verify()
            #expect(credential.id == vector.credentialID.bytes, "\(vector.name)")
            #expect(credential.publicKey.coseKey == vector.coseKey.bytes, "\(vector.name)")
            #expect(credential.aaguid == vector.aaguid.bytes, "\(vector.name)")
            #expect(credential.signCount == vector.signCount, "\(vector.name)")
            #expect(credential.isUserVerified == vector.isUserVerified, "\(vector.name)")
            #expect(credential.isBackupEligible == vector.isBackupEligible, "\(vector.name)")
            #expect(credential.isBackedUp == vector.isBackedUp, "\(vector.name)")
        }
    }

    @Test("§7.1 step 23: transports are kept as they are, unknown ones too; none where the browser does not say")
    func transports() throws {
        #expect(try RegistrationVector.named("everything right").verify().transports == ["internal", "hybrid"])
        #expect(try RegistrationVector.named("response: unknown transports").verify().transports == ["pigeon"])
        #expect(try RegistrationVector.named("response: no transports").verify().transports == [])
    }

    @Test("§6.5.1: both algorithms that are asked for are read, and bound to the key")
    func algorithms() throws {
        let es256 = try RegistrationVector.named("everything right").verify().publicKey
        #expect(es256.algorithm == .es256)
        #expect(es256.verificationKey.algorithm == .es256)
        #expect(es256.coseKey.count == 77)
        let rs256 = try RegistrationVector.named("RS256").verify().publicKey
        #expect(rs256.algorithm == .rs256)
        #expect(rs256.verificationKey.algorithm == .rs256)
    }

    @Test("§7.1 step 9: the error tells the origin, its description does not")
    func origin() throws {
        let vector = try RegistrationVector.named("client data: origin \"https://example.org\"")
        let error = #expect(throws: WebAuthnError.self) { try vector.verify() }
        #expect(error == .wrongOrigin("https://example.org"))
        #expect(error?.description == "the client data are of another origin")
    }

    @Test("§13.4.3: a challenge of less than 16 bytes makes no ceremony, whatever the browser says")
    func shortChallenge() throws {
        let party = RelyingParty(id: "example.org", name: "", origin: "https://example.org")
        for count in 0..<16 {
            let challenge = [UInt8](repeating: 7, count: count)
            #expect(throws: WebAuthnError.challengeTooShort) {
                try Registration(relyingParty: party, challenge: challenge)
            }
            #expect(throws: WebAuthnError.challengeTooShort) {
                try Authentication(relyingParty: party, challenge: challenge)
            }
        }
        let challenge = [UInt8](repeating: 7, count: 16)
        #expect(throws: Never.self) { try Registration(relyingParty: party, challenge: challenge) }
        #expect(throws: Never.self) { try Authentication(relyingParty: party, challenge: challenge) }
    }
}
