import Crypto
import JOSE
import Testing

@testable import WebAuthn

/// An authenticator that signs whatever it is given, for tests of what no honest one would sign.
struct SoftAuthenticator {
    let key: SigningKey
    let credentialID = [UInt8](repeating: 0xC5, count: 32)
    let userHandle = [UInt8](repeating: 0xAB, count: 32)
    let party = RelyingParty(id: "example.org", name: "Example", origin: "https://example.org")
    let challenge = [UInt8](0..<32)

    init() throws {
        key = try SigningKey.generate(.p256)
    }

    /// The COSE key of §6.5.1.1.
    func coseKey() throws -> [UInt8] {
        guard case .p256(let x, let y) = key.components else {
            Issue.record("a key on P-256")
            return []
        }
        return [0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20] + x + [0x22, 0x58, 0x20] + y
    }

    /// Authenticator data (§6.1).
    func data(flags: UInt8, rest: [UInt8] = []) -> [UInt8] {
        SHA256.hash(party.id) + [flags, 0, 0, 0, 0] + rest
    }

    /// Attested credential data (§6.5.1).
    func credential() throws -> [UInt8] {
        try [UInt8](repeating: 0, count: 16) + [0, UInt8(credentialID.count)] + credentialID + coseKey()
    }

    /// The attestation object of format `none` (§8.7).
    func attestation(_ data: [UInt8]) -> [UInt8] {
        let members = CBORMap(entries: [
            CBORMap.Entry(key: .text("fmt"), value: .text("none")),
            CBORMap.Entry(key: .text("attStmt"), value: .map(CBORMap(entries: []))),
            CBORMap.Entry(key: .text("authData"), value: .bytes(data)),
        ])
        return CBOR.map(members).encoded
    }

    func clientData(_ type: String) -> [UInt8] {
        let members: JSON = [
            "type": .string(type), "challenge": .string(Base64URL.encode(challenge)), "origin": .string(party.origin),
        ]
        return members.encoded()
    }

    /// Registers with these authenticator data.
    @discardableResult
    func register(_ data: [UInt8]) throws -> RegisteredCredential {
        let response = RegistrationResponse(
            credentialID: credentialID, clientDataJSON: clientData("webauthn.create"),
            attestationObject: attestation(data))
        return try Registration(relyingParty: party, challenge: challenge).verify(response)
    }

    /// Authenticates with these authenticator data, properly signed.
    @discardableResult
    func authenticate(_ data: [UInt8]) throws -> VerifiedAuthentication {
        let clientData = clientData("webauthn.get")
        let signature = try der(key.sign(data + SHA256.hash(clientData)))
        let response = AuthenticationResponse(
            credentialID: credentialID, clientDataJSON: clientData, authenticatorData: data, signature: signature,
            userHandle: userHandle)
        let stored = try StoredCredential(
            id: credentialID, publicKey: CredentialPublicKey(coseKey: coseKey()), signCount: 0, userHandle: userHandle)
        return try Authentication(relyingParty: party, challenge: challenge).verify(response, with: stored)
    }

    /// The DER (RFC 3279 §2.2.3) of R and S.
    private func der(_ raw: [UInt8]) -> [UInt8] {
        let numbers = [raw[..<32], raw[32...]].flatMap { number -> [UInt8] in
            var magnitude = Array(number.drop { $0 == 0 })
            if magnitude.first ?? 0 >= 0x80 { magnitude.insert(0, at: 0) }
            return [0x02, UInt8(magnitude.count)] + magnitude
        }
        return [0x30, UInt8(numbers.count)] + numbers
    }
}
