import COpenSSL

extension SigningKey {
    /// The kinds of key that are generated.
    public enum Kind: Sendable, Hashable {
        /// RSA with a modulus of 2048 bits and the exponent 65537.
        case rsa2048
        /// RSA with a modulus of 3072 bits and the exponent 65537.
        case rsa3072
        /// RSA with a modulus of 4096 bits and the exponent 65537.
        case rsa4096
        /// ECDSA on P-256.
        case p256
    }

    /// A new key. `algorithm` is needed only for PS256; an RSA key is for RS256 and a key on P-256 for ES256 otherwise.
    ///
    /// RSA takes from 50 ms (2048 bits) to several seconds (4096 bits): run it on a lane.
    ///
    /// - Throws: ``KeyError/wrongType(for:)``, or ``KeyError/library(_:)`` when libcrypto fails.
    public static func generate(
        _ kind: Kind, for algorithm: SignatureAlgorithm? = nil
    ) throws(KeyError) -> SigningKey {
        let context = EVP_PKEY_CTX_new_from_name(nil, kind == .p256 ? "EC" : "RSA", nil)
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1, kind.configure(context), EVP_PKEY_generate(context, &key) == 1,
            let key
        else { throw .library(CryptoError("EVP_PKEY_generate")) }
        return try SigningKey(checking: KeyHandle(owning: key), for: algorithm)
    }
}

extension SigningKey.Kind {
    fileprivate func configure(_ context: OpaquePointer?) -> Bool {
        switch self {
        case .rsa2048: EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048) == 1
        case .rsa3072: EVP_PKEY_CTX_set_rsa_keygen_bits(context, 3072) == 1
        case .rsa4096: EVP_PKEY_CTX_set_rsa_keygen_bits(context, 4096) == 1
        case .p256: EVP_PKEY_CTX_set_group_name(context, "P-256") == 1
        }
    }
}
