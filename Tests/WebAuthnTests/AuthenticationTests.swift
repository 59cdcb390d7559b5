import JOSE
import Testing
import WebAuthn

@Suite("Verifying an assertion (Web Authentication Level 2 §7.2)")
struct AuthenticationTests {
    @Test("§7.2: each authentication of the table is accepted, or refused for the right reason")
    func table() throws {
        let vectors = try Vectors.load("authentications", as: [AuthenticationVector].self)
        #expect(vectors.count == 187)
        for vector in vectors {
            #expect(try outcome { _ = try vector.verify() } == vector.error, "\(vector.name)")
        }
    }

    @Test("§7.2 steps 17 and 21: the outcome is the credential, its owner, the new counter and the flags")
    func result() throws {
        for vector in try Vectors.load("authentications", as: [AuthenticationVector].self) where vector.error.isEmpty {
            let seen = try vector.verify()
            #expect(seen.credentialID == vector.storedID.bytes, "\(vector.name)")
            #expect(seen.userHandle == vector.userHandle.bytes, "\(vector.name)")
            #expect(seen.signCount == vector.signCount, "\(vector.name)")
            #expect(seen.isUserVerified == vector.isUserVerified, "\(vector.name)")
            #expect(seen.isBackupEligible == vector.isBackupEligible, "\(vector.name)")
            #expect(seen.isBackedUp == vector.isBackedUp, "\(vector.name)")
        }
    }

    @Test("§7.2 step 6: the response gives the user handle of a discoverable credential before it is verified")
    func userHandle() throws {
        let known = try AuthenticationVector.named("everything right")
        let response = try AuthenticationResponse(JSON.parse(known.response))
        #expect(response.userHandle == known.userHandle.bytes)
        #expect(response.credentialID == known.storedID.bytes)
        let silent = try AuthenticationVector.named("no user handle, user known")
        #expect(try AuthenticationResponse(JSON.parse(silent.response)).userHandle == nil)
    }

    @Test("§7.2 step 21: the counter is judged last, so that its error says that the signature is valid")
    func counterIsLast() throws {
        let vector = try AuthenticationVector.named("counter: 5 then 4")
        #expect(throws: WebAuthnError.counterWentBack(stored: 5, received: 4)) { try vector.verify() }
        let stored = try vector.stored()
        let stranger = try RegistrationVector.named("RS256").verify().publicKey
        let other = StoredCredential(id: stored.id, publicKey: stranger, signCount: 5, userHandle: stored.userHandle)
        #expect(throws: WebAuthnError.invalidSignature) {
            try vector.ceremony().verify(AuthenticationResponse(JSON.parse(vector.response)), with: other)
        }
    }

    @Test("§7.1 and §7.2: a registered credential is kept by its COSE key and authenticates")
    func registeredThenUsed() throws {
        for (registration, authentication) in [("everything right", "ES256"), ("RS256", "RS256")] {
            let registered = try RegistrationVector.named(registration).verify()
            let vector = try AuthenticationVector.named(authentication)
            let kept = try StoredCredential(
                id: registered.id, publicKey: CredentialPublicKey(coseKey: registered.publicKey.coseKey),
                signCount: registered.signCount, userHandle: vector.userHandle.bytes)
            let response = try AuthenticationResponse(JSON.parse(vector.response))
            #expect(try vector.ceremony().verify(response, with: kept).credentialID == registered.id)
        }
    }

    @Test("§7.2 step 20: a signature with any byte changed is refused", arguments: ["ES256", "RS256"])
    func signatureBytes(name: String) throws {
        let vector = try AuthenticationVector.named(name)
        let right = try AuthenticationResponse(JSON.parse(vector.response))
        let (ceremony, stored) = try (vector.ceremony(), vector.stored())
        #expect(throws: Never.self) { try ceremony.verify(right, with: stored) }
        for place in right.signature.indices {
            for change in [0x01, 0x80, 0xFF] as [UInt8] {
                var signature = right.signature
                signature[place] ^= change
                let response = AuthenticationResponse(
                    credentialID: right.credentialID, clientDataJSON: right.clientDataJSON,
                    authenticatorData: right.authenticatorData, signature: signature, userHandle: right.userHandle)
                #expect(throws: WebAuthnError.invalidSignature) { try ceremony.verify(response, with: stored) }
            }
        }
    }
}
