import Foundation
import JOSE
import Testing
import WebAuthn

/// The data files beside the tests.
enum Vectors {
    static func load<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
        let url = try #require(Bundle.module.url(forResource: "Vectors/\(name)", withExtension: "json"))
        return try JSONDecoder().decode(Value.self, from: Data(contentsOf: url))
    }
}

/// Bytes that a data file gives in base64url.
struct Encoded: Decodable {
    let bytes: [UInt8]

    init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        bytes = try #require(Base64URL.decode(text))
    }
}

/// A registration, and what is to be seen of it.
struct RegistrationVector: Decodable {
    let name: String
    let error: String
    let rpID: String
    let origin: String
    let challenge: Encoded
    let userVerification: String
    let response: String
    let credentialID: Encoded
    let coseKey: Encoded
    let aaguid: Encoded
    let signCount: UInt32
    let isUserVerified: Bool
    let isBackupEligible: Bool
    let isBackedUp: Bool

    func ceremony() throws -> Registration {
        try Registration(
            relyingParty: RelyingParty(id: rpID, name: "Martlet", origin: origin), challenge: challenge.bytes,
            userVerification: #require(UserVerification(rawValue: userVerification)))
    }

    func verify() throws -> RegisteredCredential {
        try ceremony().verify(RegistrationResponse(JSON.parse(response)))
    }

    static func named(_ name: String) throws -> RegistrationVector {
        try #require(Vectors.load("registrations", as: [RegistrationVector].self).first { $0.name == name })
    }
}

/// An authentication, and what is to be seen of it.
struct AuthenticationVector: Decodable {
    let name: String
    let error: String
    let rpID: String
    let origin: String
    let challenge: Encoded
    let userVerification: String
    let allowed: [Encoded]
    let storedID: Encoded
    let coseKey: Encoded
    let storedCount: UInt32
    let userHandle: Encoded
    let response: String
    let signCount: UInt32
    let isUserVerified: Bool
    let isBackupEligible: Bool
    let isBackedUp: Bool

    /// §16 of Level 3 gives no user handle: there the user is known before.
    private var allowedCredentials: [CredentialDescriptor] {
        name.hasPrefix("W3C")
            ? [CredentialDescriptor(id: storedID.bytes)] : allowed.map { CredentialDescriptor(id: $0.bytes) }
    }

    func ceremony() throws -> Authentication {
        try Authentication(
            relyingParty: RelyingParty(id: rpID, name: "Martlet", origin: origin), challenge: challenge.bytes,
            userVerification: #require(UserVerification(rawValue: userVerification)),
            allowedCredentials: allowedCredentials)
    }

    func stored() throws -> StoredCredential {
        try StoredCredential(
            id: storedID.bytes, publicKey: CredentialPublicKey(coseKey: coseKey.bytes), signCount: storedCount,
            userHandle: userHandle.bytes)
    }

    func verify() throws -> VerifiedAuthentication {
        try ceremony().verify(AuthenticationResponse(JSON.parse(response)), with: stored())
    }

    static func named(_ name: String) throws -> AuthenticationVector {
        try #require(Vectors.load("authentications", as: [AuthenticationVector].self).first { $0.name == name })
    }
}

/// The name that the vectors give to the outcome of `body`: of its error, or the empty one.
func outcome(_ body: () throws -> Void) throws -> String {
    do {
        try body()
        return ""
    } catch let error as WebAuthnError {
        let text = "\(error)"
        #expect(text.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }, "\(text)")
        return error.name
    }
}
