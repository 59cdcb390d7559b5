public import Crypto
import JOSE

/// The one secret outside the database, from `keys/`: everything else that must stay secret is sealed under it or
/// derived from it, each use by a label of its own.
public struct MasterKey: Sendable {
    private let sealing: SymmetricKey
    private let clientSecrets: SymmetricKey
    private let csrf: SymmetricKey
    private let userCodes: SymmetricKey
    private let challenges: SymmetricKey
    private let mailboxes: SymmetricKey

    /// Derives the working keys from 256 bits of key material.
    public init(_ key: SymmetricKey) {
        sealing = key.derived(for: "martlet seal v1")
        clientSecrets = key.derived(for: "martlet client secret v1")
        csrf = key.derived(for: "martlet csrf v1")
        userCodes = key.derived(for: "martlet user code v1")
        challenges = key.derived(for: "martlet challenge v1")
        mailboxes = key.derived(for: "martlet mailbox v1")
    }

    /// A secret as the store may keep it; `context` says what it is, and opening it elsewhere fails.
    public func seal(_ secret: [UInt8], context: String) throws(OAuthError) -> [UInt8] {
        do {
            return try AESGCM.seal(secret, key: sealing, associatedData: Array(context.utf8))
        } catch {
            throw .storeUnavailable("sealing failed: \(error)")
        }
    }

    /// The secret that ``seal(_:context:)`` sealed; nil for anything else.
    public func open(_ sealed: [UInt8], context: String) -> [UInt8]? {
        try? AESGCM.open(sealed, key: sealing, associatedData: Array(context.utf8))
    }

    /// The stored form of a client secret: a fast keyed hash, since Martlet's own secrets cannot be guessed and those
    /// that an operator chose must not be guessable from a stolen table.
    func hash(ofClientSecret secret: String) -> [UInt8] {
        HMACSHA256.code(for: Array(secret.utf8), key: clientSecrets)
    }

    /// The stored form of a user code: keyed, since 34 bits would soon be found from a stolen table.
    func hash(of code: UserCode) -> [UInt8] {
        HMACSHA256.code(for: Array(code.letters.utf8), key: userCodes)
    }

    /// Proof that a challenge was made here, for what `purpose` says.
    func mac(of challenge: [UInt8], for purpose: String) -> [UInt8] {
        HMACSHA256.code(for: challenge + Array(purpose.utf8), key: challenges)
    }

    /// What a mailbox is counted by, in whatever letter case its address is written.
    func hash(ofMailbox address: EmailAddress) -> [UInt8] {
        HMACSHA256.code(for: Array(address.text.lowercased().utf8), key: mailboxes)
    }

    /// Proof that a form was made for the browser that has this binding cookie.
    public func csrfToken(for binding: String) -> String {
        Base64URL.encode(HMACSHA256.code(for: Array(binding.utf8), key: csrf))
    }

    /// Whether ``csrfToken(for:)`` made `token`, in constant time.
    public func isCSRFToken(_ token: String, for binding: String) -> Bool {
        constantTimeEquals(token, csrfToken(for: binding))
    }
}

extension MasterKey {
    /// Associated data of a sealed signing key: a key moved to another row does not open.
    private static func context(ofKey kid: String) -> String { "signing key \(kid)" }

    /// The private key of a record.
    func open(_ record: SigningKeyRecord) throws(KeyRingError) -> SigningKey {
        guard let der = open(record.sealedPrivateKey, context: Self.context(ofKey: record.kid)) else {
            throw KeyRingError(
                "The signing key \(record.kid) in the database was sealed under another master key. "
                    + "Put the master key it was made with back into the keys directory.")
        }
        do {
            let key = try SigningKey(der: der, for: record.algorithm.signature)
            guard JWK(key.verificationKey).thumbprint == record.kid else {
                throw KeyRingError("The signing key \(record.kid) in the database is not the key its kid names.")
            }
            return key
        } catch let error as KeyRingError {
            throw error
        } catch {
            throw KeyRingError("The signing key \(record.kid) in the database cannot be read: \(error)")
        }
    }

    /// The record of a new key, which signs from `activatesAt` on.
    public func record(
        of key: SigningKey, createdAt: Instant, activatesAt: Instant
    ) throws(OAuthError) -> SigningKeyRecord {
        let jwk = JWK(key.verificationKey)
        let kid = jwk.thumbprint
        guard let algorithm = SigningAlgorithm(rawValue: key.algorithm.rawValue) else {
            throw .malformed("algorithm", "must be RS256 or ES256")
        }
        let der: [UInt8]
        do { der = try key.der() } catch { throw .storeUnavailable("encoding a key failed: \(error)") }
        return SigningKeyRecord(
            kid: kid, algorithm: algorithm, state: .active,
            sealedPrivateKey: try seal(der, context: Self.context(ofKey: kid)),
            publicJWK: jwk.json.description, createdAt: createdAt, activatesAt: activatesAt)
    }
}

extension SigningAlgorithm {
    /// The same algorithm in Crypto's words.
    public var signature: SignatureAlgorithm {
        switch self {
        case .rs256: .rs256
        case .es256: .es256
        }
    }
}
