/// A new credential as the authenticator vouches for it (Level 2 §6.5.4).
///
/// Conveyance `none` is asked for, so that nothing is to be learned of the authenticator's make. §5.1.3 has browsers
/// then replace every statement by format `none`, with one exception: a packed self attestation stays, as it
/// identifies nobody. These two are accepted, the second after it was verified (§8.2); refusing it would lock out
/// whoever has such an authenticator. Any other format means a client that did not do as it was told.
struct AttestationObject: Sendable, Equatable {
    /// More than these two formats need beside the longest authenticator data.
    static let limit = AuthenticatorData.limit + 1024

    /// The authenticator data as they were signed.
    let authenticatorData: [UInt8]
    private let format: String
    private let statement: CBORMap

    /// Reads an attestation object; members of the future are passed over.
    init(parsing bytes: [UInt8]) throws(WebAuthnError) {
        guard bytes.count <= Self.limit else { throw .tooLong("attestationObject") }
        let item: CBOR
        do {
            item = try CBORReader.read(whole: bytes)
        } catch {
            throw .attestationObject(error)
        }
        guard let members = item.map else { throw .malformed("attestationObject") }
        format = try Self.member("fmt", of: members) { $0.text }
        statement = try Self.member("attStmt", of: members) { $0.map }
        authenticatorData = try Self.member("authData", of: members) { $0.bytes }
    }

    /// §7.1 steps 18 to 21.
    ///
    /// - Parameters:
    ///   - clientDataHash: the SHA-256 of the client data as they came.
    ///   - key: the key in the authenticator data.
    func verify(clientDataHash: [UInt8], key: CredentialPublicKey) throws(WebAuthnError) {
        if haveEqualBytes(format, "none") {
            guard statement.entries.isEmpty else { throw .attestationStatement }
        } else if haveEqualBytes(format, "packed"), statement["x5c"] == nil {
            try verifySelfAttestation(clientDataHash: clientDataHash, key: key)
        } else {
            throw .unsupportedAttestation
        }
    }

    /// §8.2, «If x5c is not present».
    private func verifySelfAttestation(clientDataHash: [UInt8], key: CredentialPublicKey) throws(WebAuthnError) {
        guard statement.entries.count == 2, let algorithm = statement["alg"]?.integer,
            let signature = statement["sig"]?.bytes
        else { throw .attestationStatement }
        guard algorithm == key.algorithm.rawValue else { throw .attestationAlgorithm }
        guard key.isValidSignature(signature, for: authenticatorData + clientDataHash) else {
            throw .attestationSignature
        }
    }

    private static func member<Value>(
        _ name: String, of members: CBORMap, as read: (CBOR) -> Value?
    ) throws(WebAuthnError) -> Value {
        guard let item = members[name] else { throw .missing("attestationObject.\(name)") }
        guard let value = read(item) else { throw .malformed("attestationObject.\(name)") }
        return value
    }
}
