import COpenSSL

/// AES-256 in Galois/Counter Mode (NIST SP 800-38D) with a random nonce, for secrets at rest.
///
/// Sealed bytes are opaque: a version byte, the nonce (12 bytes), the ciphertext, the tag (16 bytes). One key may seal
/// 2³² values before random nonces become likely to meet (SP 800-38D §8.3).
public enum AESGCM {
    /// Why sealed bytes were not opened. Nothing of the plaintext is released in either case.
    public enum OpenError: Error, Sendable, Equatable {
        /// Too short, or of a version that this build does not know.
        case malformed
        /// Another key, other associated data, or bytes that were changed.
        case notAuthentic
    }

    static let nonceByteCount = 12
    static let tagByteCount = 16
    private static let version: UInt8 = 1

    /// Encrypts and authenticates `plaintext`, and authenticates `associatedData`, which is not part of the result:
    /// name there the row and column the secret lives in, so that it opens nowhere else.
    ///
    /// - Throws: ``CryptoError`` when the random source or libcrypto fails.
    public static func seal(
        _ plaintext: [UInt8], key: SymmetricKey, associatedData: [UInt8]
    ) throws(CryptoError) -> [UInt8] {
        let nonce = try SecureRandom.bytes(nonceByteCount)
        let sealed = try encrypt(
            plaintext, key: key, nonce: nonce, associatedData: [version] + associatedData)
        return [version] + nonce + sealed
    }

    /// The plaintext of what ``seal(_:key:associatedData:)`` gave for the same key and associated data.
    public static func open(
        _ sealed: [UInt8], key: SymmetricKey, associatedData: [UInt8]
    ) throws(OpenError) -> [UInt8] {
        guard sealed.count >= 1 + nonceByteCount + tagByteCount, sealed[0] == version else { throw .malformed }
        let nonce = Array(sealed[1..<1 + nonceByteCount])
        let body = Array(sealed[(1 + nonceByteCount)...])
        guard let plaintext = decrypt(body, key: key, nonce: nonce, associatedData: [version] + associatedData) else {
            throw .notAuthentic
        }
        return plaintext
    }

    /// Ciphertext and tag.
    static func encrypt(
        _ plaintext: [UInt8], key: SymmetricKey, nonce: [UInt8], associatedData: [UInt8]
    ) throws(CryptoError) -> [UInt8] {
        precondition(nonce.count == nonceByteCount && plaintext.count <= 1 << 30, "sizes of AES-GCM")
        let context = EVP_CIPHER_CTX_new()
        defer { EVP_CIPHER_CTX_free(context) }
        var output = [UInt8](repeating: 0, count: plaintext.count)
        var tag = [UInt8](repeating: 0, count: tagByteCount)
        var written: Int32 = 0
        var nothing: UInt8 = 0
        let isHealthy =
            EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), nil, key.bytes, nonce) == 1
            && EVP_EncryptUpdate(context, nil, &written, associatedData, Int32(associatedData.count)) == 1
            && EVP_EncryptUpdate(context, &output, &written, plaintext, Int32(plaintext.count)) == 1
            && EVP_EncryptFinal_ex(context, &nothing, &written) == 1
            && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, Int32(tagByteCount), &tag) == 1
        guard isHealthy else { throw CryptoError("AES-256-GCM encryption") }
        return output + tag
    }

    /// The plaintext of ciphertext and tag; nil when the tag is not theirs.
    static func decrypt(_ body: [UInt8], key: SymmetricKey, nonce: [UInt8], associatedData: [UInt8]) -> [UInt8]? {
        guard body.count >= tagByteCount, body.count <= 1 << 30, nonce.count == nonceByteCount else { return nil }
        let context = EVP_CIPHER_CTX_new()
        defer { EVP_CIPHER_CTX_free(context) }
        let length = body.count - tagByteCount
        var tag = Array(body[length...])
        var output = [UInt8](repeating: 0, count: length)
        var written: Int32 = 0
        var nothing: UInt8 = 0
        let isAuthentic =
            EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), nil, key.bytes, nonce) == 1
            && EVP_DecryptUpdate(context, nil, &written, associatedData, Int32(associatedData.count)) == 1
            && EVP_DecryptUpdate(context, &output, &written, body, Int32(length)) == 1
            && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, Int32(tagByteCount), &tag) == 1
            && EVP_DecryptFinal_ex(context, &nothing, &written) == 1
        guard isAuthentic else {
            ErrorQueue.drain()
            return nil
        }
        return output
    }
}
