import COpenSSL

/// Private keys in PKCS#8 (RFC 5958), bare or as PEM (RFC 7468 §10).
extension SigningKey {
    /// Reads a PEM text with exactly one unencrypted `PRIVATE KEY`; other blocks, such as certificates, are passed over.
    /// `algorithm` is needed only for PS256; an RSA key is for RS256 and a key on P-256 for ES256 otherwise.
    ///
    /// - Throws: ``KeyError``, which says what is wrong.
    public init(pem: String, for algorithm: SignatureAlgorithm? = nil) throws(KeyError) {
        var found: [UInt8]?
        for block in Self.blocks(of: pem) {
            guard block.label.hasSuffix("PRIVATE KEY") else { continue }
            guard block.label != "ENCRYPTED PRIVATE KEY" else { throw .encrypted }
            guard block.label == "PRIVATE KEY" else { throw .notPKCS8(label: block.label) }
            guard found == nil else { throw .severalKeys }
            found = block.content
        }
        guard let found else { throw .notPEM }
        try self.init(der: found, for: algorithm)
    }

    /// Reads the DER of an unencrypted PKCS#8 private key, with nothing after it.
    ///
    /// - Throws: ``KeyError``, which says what is wrong.
    public init(der: [UInt8], for algorithm: SignatureAlgorithm? = nil) throws(KeyError) {
        let key = der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var position = buffer.baseAddress
            guard let container = d2i_PKCS8_PRIV_KEY_INFO(nil, &position, buffer.count) else { return nil }
            defer { PKCS8_PRIV_KEY_INFO_free(container) }
            guard position == buffer.baseAddress?.advanced(by: buffer.count) else { return nil }
            return EVP_PKCS82PKEY(container)
        }
        guard let key else {
            ErrorQueue.drain()
            throw .malformed
        }
        try self.init(checking: KeyHandle(owning: key), for: algorithm)
    }

    /// The private key as PKCS#8 DER, unencrypted: seal it before it is stored.
    ///
    /// - Throws: ``CryptoError`` when libcrypto fails.
    public func der() throws(CryptoError) -> [UInt8] {
        let der = handle.withPointer { key -> [UInt8]? in
            guard let container = EVP_PKEY2PKCS8(key) else { return nil }
            defer { PKCS8_PRIV_KEY_INFO_free(container) }
            var bytes: UnsafeMutablePointer<UInt8>?
            let length = Int(i2d_PKCS8_PRIV_KEY_INFO(container, &bytes))
            guard length > 0, let bytes else { return nil }
            defer { CRYPTO_clear_free(bytes, length, nil, 0) }
            return Array(UnsafeBufferPointer(start: bytes, count: length))
        }
        guard let der else { throw CryptoError("i2d_PKCS8_PRIV_KEY_INFO") }
        return der
    }

    /// The private key as PEM of PKCS#8, unencrypted.
    ///
    /// - Throws: ``CryptoError`` when libcrypto fails.
    public func pem() throws(CryptoError) -> String {
        let der = try der()
        let output = BIO_new(BIO_s_secmem())
        defer { BIO_free(output) }
        guard PEM_write_bio(output, "PRIVATE KEY", "", der, der.count) > 0 else { throw CryptoError("PEM_write_bio") }
        var text = [UInt8](repeating: 0, count: BIO_ctrl_pending(output))
        guard BIO_read(output, &text, Int32(text.count)) == Int32(text.count) else { throw CryptoError("BIO_read") }
        return String(decoding: text, as: UTF8.self)
    }

    /// The PEM blocks of a text, in order; a block that is not well-formed ends the list.
    private static func blocks(of pem: String) -> [(label: String, content: [UInt8])] {
        let text = Array(pem.utf8)
        guard (1...1 << 20).contains(text.count) else { return [] }
        return text.withUnsafeBufferPointer { text in
            let input = BIO_new_mem_buf(text.baseAddress, Int32(text.count))
            defer { BIO_free(input) }
            var blocks: [(label: String, content: [UInt8])] = []
            while true {
                var label: UnsafeMutablePointer<CChar>?
                var header: UnsafeMutablePointer<CChar>?
                var content: UnsafeMutablePointer<UInt8>?
                var length = 0
                guard PEM_read_bio(input, &label, &header, &content, &length) == 1, let label, let content else {
                    ErrorQueue.drain()
                    return blocks
                }
                blocks.append((String(cString: label), Array(UnsafeBufferPointer(start: content, count: length))))
                CRYPTO_free(label, nil, 0)
                CRYPTO_free(header, nil, 0)
                CRYPTO_clear_free(content, length, nil, 0)
            }
        }
    }
}
