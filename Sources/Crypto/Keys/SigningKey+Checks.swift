import COpenSSL

extension SigningKey {
    /// Accepts a private key that libcrypto holds after the checks of its public half, and after it has signed and its
    /// public half verified: a key whose halves do not belong together would issue tokens that nobody accepts.
    ///
    /// - Throws: ``KeyError``, which says what is wrong.
    init(checking handle: KeyHandle, for algorithm: SignatureAlgorithm?) throws(KeyError) {
        let publicKey = try PublicKey(Self.publicComponents(of: handle))
        let verificationKey = try VerificationKey(publicKey, for: algorithm ?? publicKey.suitableAlgorithms[0])
        self.init(handle: handle, verificationKey: verificationKey)
        let probe = Array("a key that signs what it verifies".utf8)
        guard let signature = try? sign(probe), verificationKey.isValidSignature(signature, for: probe) else {
            throw .inconsistent
        }
    }

    private static func publicComponents(of handle: KeyHandle) throws(KeyError) -> PublicKeyComponents {
        let type = handle.withPointer { EVP_PKEY_get_base_id($0) }
        if type == EVP_PKEY_RSA {
            guard let modulus = number(OSSL_PKEY_PARAM_RSA_N, of: handle),
                let exponent = number(OSSL_PKEY_PARAM_RSA_E, of: handle)
            else { throw .library(CryptoError("EVP_PKEY_get_bn_param")) }
            return .rsa(modulus: modulus, exponent: exponent)
        }
        guard type == EVP_PKEY_EC else { throw .unsupportedType }
        guard isOnP256(handle) else { throw .unsupportedCurve }
        guard let x = number(OSSL_PKEY_PARAM_EC_PUB_X, of: handle, byteCount: P256.byteCount),
            let y = number(OSSL_PKEY_PARAM_EC_PUB_Y, of: handle, byteCount: P256.byteCount)
        else { throw .library(CryptoError("EVP_PKEY_get_bn_param")) }
        return .p256(x: x, y: y)
    }

    private static func isOnP256(_ handle: KeyHandle) -> Bool {
        var name = [UInt8](repeating: 0, count: 64)
        var length = 0
        let isNamed = handle.withPointer { key in
            name.withUnsafeMutableBytes { buffer in
                EVP_PKEY_get_group_name(
                    key, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count, &length) == 1
            }
        }
        guard isNamed else {
            ErrorQueue.drain()
            return false
        }
        return Array(name.prefix(length)) == Array("prime256v1".utf8)
    }

    /// A number of the key, big-endian, as short as possible or padded to `byteCount`.
    private static func number(
        _ name: UnsafePointer<CChar>, of handle: KeyHandle, byteCount: Int? = nil
    ) -> [UInt8]? {
        var number: OpaquePointer?
        guard handle.withPointer({ EVP_PKEY_get_bn_param($0, name, &number) }) == 1 else { return nil }
        defer { BN_free(number) }
        let length = byteCount ?? (Int(BN_num_bits(number)) + 7) / 8
        var bytes = [UInt8](repeating: 0, count: length)
        return BN_bn2binpad(number, &bytes, Int32(length)) == Int32(length) ? bytes : nil
    }
}
