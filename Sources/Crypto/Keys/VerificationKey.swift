import COpenSSL

/// A public key bound to the one algorithm it verifies. What a message says of its own algorithm is not asked.
public struct VerificationKey: Sendable, Equatable {
    /// The key without its algorithm.
    public let publicKey: PublicKey
    /// The only algorithm this key verifies.
    public let algorithm: SignatureAlgorithm

    /// - Throws: ``KeyError/wrongType(for:)`` when a key of this type cannot be for `algorithm`.
    public init(_ publicKey: PublicKey, for algorithm: SignatureAlgorithm) throws(KeyError) {
        guard publicKey.suitableAlgorithms.contains(algorithm) else { throw .wrongType(for: algorithm) }
        self.publicKey = publicKey
        self.algorithm = algorithm
    }

    /// Whether `signature` is one of `message` under this key and its algorithm.
    public func isValidSignature(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        switch algorithm {
        case .rs256, .ps256:
            return verify(signature, message)
        case .es256:
            guard let der = ECDSASignature.der(raw: signature) else { return false }
            return verify(der, message)
        }
    }

    private func verify(_ signature: [UInt8], _ message: [UInt8]) -> Bool {
        let isValid = publicKey.handle.withPointer { key in
            MessageDigest.sha256.withPointer { digest in
                let context = EVP_MD_CTX_new()
                defer { EVP_MD_CTX_free(context) }
                var keyContext: OpaquePointer?  // owned by `context`
                return EVP_DigestVerifyInit(context, &keyContext, digest, nil, key) == 1
                    && algorithm.configure(keyContext)
                    && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
            }
        }
        if !isValid { ErrorQueue.drain() }
        return isValid
    }
}

extension SignatureAlgorithm {
    /// Sets the padding of RFC 7518 §3.5 on a context for PS256; the other algorithms are libcrypto's defaults.
    func configure(_ keyContext: OpaquePointer?) -> Bool {
        guard self == .ps256 else { return true }
        return EVP_PKEY_CTX_set_rsa_padding(keyContext, RSA_PKCS1_PSS_PADDING) == 1
            && EVP_PKEY_CTX_set_rsa_pss_saltlen(keyContext, RSA_PSS_SALTLEN_DIGEST) == 1
    }
}
