import JOSE
import Testing

@testable import WebAuthn

@Suite("Hostile input: nothing crashes, and nothing verifies that is not what was signed")
struct HostileInputTests {
    @Test("§6.1: authenticator data cut short anywhere are refused, though they are properly signed")
    func truncatedAuthenticatorData() throws {
        let authenticator = try SoftAuthenticator()
        let extensions: [UInt8] = [0xA1, 0x61, 0x61, 0x82, 0x01, 0x02]
        let registrations = try [
            authenticator.data(flags: 0x45, rest: authenticator.credential()),
            authenticator.data(flags: 0xC5, rest: authenticator.credential() + extensions),
        ]
        for data in registrations {
            try authenticator.register(data)
            for length in 0..<data.count {
                #expect(throws: WebAuthnError.self) { try authenticator.register(Array(data[..<length])) }
            }
            #expect(throws: WebAuthnError.trailingAuthenticatorData) { try authenticator.register(data + [0]) }
        }
        for data in [authenticator.data(flags: 0x05), authenticator.data(flags: 0x85, rest: extensions)] {
            try authenticator.authenticate(data)
            for length in 0..<data.count {
                #expect(throws: WebAuthnError.self) { try authenticator.authenticate(Array(data[..<length])) }
            }
            #expect(throws: WebAuthnError.trailingAuthenticatorData) { try authenticator.authenticate(data + [0]) }
        }
    }

    @Test("§6.1: of all 256 bytes of flags only those are accepted that say present, verified and consistent")
    func flags() throws {
        let authenticator = try SoftAuthenticator()
        for flags in UInt8.min...UInt8.max {
            let isRight = flags & 0x05 == 0x05 && flags & 0x18 != 0x10 && flags & 0xC0 == 0
            let data = authenticator.data(flags: flags)
            let isAccepted = (try? authenticator.authenticate(data)) != nil
            #expect(isAccepted == isRight, "\(flags)")
        }
    }

    @Test("§7.1 and §7.2: each part of a response cut short anywhere is refused")
    func truncatedParts() throws {
        for name in ["ES256", "RS256"] {
            let vector = try AuthenticationVector.named(name)
            let (ceremony, stored) = try (vector.ceremony(), vector.stored())
            let right = try AuthenticationResponse(JSON.parse(vector.response))
            for part in right.parts.indices {
                for length in 0..<right.parts[part].count {
                    var parts = right.parts
                    parts[part] = Array(parts[part][..<length])
                    #expect(throws: WebAuthnError.self) {
                        try ceremony.verify(AuthenticationResponse(parts: parts), with: stored)
                    }
                }
            }
        }
        for name in ["everything right", "RS256", "self attestation: right"] {
            let vector = try RegistrationVector.named(name)
            let ceremony = try vector.ceremony()
            let right = try RegistrationResponse(JSON.parse(vector.response))
            for part in right.parts.indices {
                for length in 0..<right.parts[part].count {
                    var parts = right.parts
                    parts[part] = Array(parts[part][..<length])
                    #expect(throws: WebAuthnError.self) { try ceremony.verify(RegistrationResponse(parts: parts)) }
                }
            }
        }
    }

    @Test("§7.2: an authentication changed anywhere is refused", arguments: ["ES256", "RS256"])
    func mutatedAuthentications(name: String) throws {
        let vector = try AuthenticationVector.named(name)
        let (ceremony, stored) = try (vector.ceremony(), vector.stored())
        let right = try AuthenticationResponse(JSON.parse(vector.response))
        var generator = SeededGenerator(seed: 72)
        for round in 0..<10_000 {
            var parts = right.parts
            parts[round % parts.count] = generator.mutated(parts[round % parts.count])
            if parts == right.parts { continue }
            #expect(throws: WebAuthnError.self) {
                try ceremony.verify(AuthenticationResponse(parts: parts), with: stored)
            }
        }
    }

    @Test("§8.2: a registration that its key has signed and that was changed anywhere is refused")
    func mutatedSelfAttestations() throws {
        let vector = try RegistrationVector.named("self attestation: right")
        let ceremony = try vector.ceremony()
        let right = try RegistrationResponse(JSON.parse(vector.response))
        var generator = SeededGenerator(seed: 82)
        for round in 0..<10_000 {
            var parts = right.parts
            parts[round % parts.count] = generator.mutated(parts[round % parts.count])
            if parts == right.parts { continue }
            #expect(throws: WebAuthnError.self) { try ceremony.verify(RegistrationResponse(parts: parts)) }
        }
    }

    @Test("§8.7: a registration that nobody has signed stays what it is: this challenge, this id, a key that is one")
    func mutatedRegistrations() throws {
        for name in ["everything right", "RS256", "extensions: several"] {
            let vector = try RegistrationVector.named(name)
            let ceremony = try vector.ceremony()
            let right = try RegistrationResponse(JSON.parse(vector.response))
            var generator = SeededGenerator(seed: 71)
            for _ in 0..<5_000 {
                var parts = right.parts
                parts[2] = generator.mutated(parts[2])
                guard let credential = try? ceremony.verify(RegistrationResponse(parts: parts)) else { continue }
                #expect(credential.id == right.credentialID)
                #expect(credential.isUserVerified)
                #expect(try CredentialPublicKey(coseKey: credential.publicKey.coseKey) == credential.publicKey)
            }
        }
    }

    @Test("Level 3 §5.1: a response's JSON changed anywhere is refused, or says the same")
    func mutatedJSON() throws {
        let vector = try AuthenticationVector.named("ES256")
        let (ceremony, stored) = try (vector.ceremony(), vector.stored())
        let right = try AuthenticationResponse(JSON.parse(vector.response))
        let text = Array(vector.response.utf8)
        var generator = SeededGenerator(seed: 51)
        for _ in 0..<5_000 {
            guard let json = try? JSON.parse(generator.mutated(text)),
                let response = try? AuthenticationResponse(json), response != right
            else { continue }
            #expect(throws: WebAuthnError.self) { try ceremony.verify(response, with: stored) }
        }
        for length in text.indices {
            let json = try? JSON.parse(Array(text[..<length]))
            #expect(json == nil)
        }
    }

    @Test("§6.5.5: DER of any bytes is read as 64 bytes or not at all")
    func randomDER() throws {
        var generator = SeededGenerator(seed: 3279)
        let seed: [UInt8] = [0x30, 0x08, 0x02, 0x02, 0x00, 0xFF, 0x02, 0x02, 0x01, 0x02]
        #expect(ECDSADER.raw(seed)?.count == 64)
        for _ in 0..<100_000 {
            if let raw = ECDSADER.raw(generator.mutated(seed)) { #expect(raw.count == 64) }
        }
    }
}

extension AuthenticationResponse {
    /// Everything it consists of.
    var parts: [[UInt8]] { [clientDataJSON, authenticatorData, signature, credentialID, userHandle ?? []] }

    init(parts: [[UInt8]]) {
        self.init(
            credentialID: parts[3], clientDataJSON: parts[0], authenticatorData: parts[1], signature: parts[2],
            userHandle: parts[4])
    }
}

extension RegistrationResponse {
    /// Everything it consists of that is not a hint.
    var parts: [[UInt8]] { [credentialID, clientDataJSON, attestationObject] }

    init(parts: [[UInt8]]) {
        self.init(credentialID: parts[0], clientDataJSON: parts[1], attestationObject: parts[2])
    }
}
