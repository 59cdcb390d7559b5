public import Crypto

/// Signs compact JWS (RFC 7515 §7.1) with one key and one type of token. The header is encoded once.
public struct JWSSigner: Sendable {
    /// The key that signs.
    public let key: SigningKey
    /// The `kid` it writes.
    public let keyID: String
    private let encodedHeader: [UInt8]

    /// - Parameters:
    ///   - key: signs with its own algorithm, which becomes `alg`.
    ///   - type: becomes `typ`, such as `JWT` or `at+jwt`; nil leaves it out.
    ///   - keyID: becomes `kid`; the thumbprint of RFC 7638 unless given.
    public init(key: SigningKey, type: String?, keyID: String? = nil) {
        let keyID = keyID ?? JWK.thumbprint(of: key.components)
        var header = JSONWriter()
        header.object { header in
            header.member("alg", key.algorithm.rawValue)
            header.member("typ", ifPresent: type)
            header.member("kid", keyID)
        }
        self.key = key
        self.keyID = keyID
        self.encodedHeader = Array(Base64URL.encode(header.bytes).utf8) + [UInt8(ascii: ".")]
    }

    /// The token for a payload.
    ///
    /// - Throws: ``CryptoError`` when libcrypto fails.
    public func sign(_ payload: [UInt8]) throws(CryptoError) -> String {
        var token: [UInt8] = []
        token.reserveCapacity(encodedHeader.count + Base64URL.encodedCount(of: payload.count) + 1 + 683)
        token += encodedHeader
        Base64URL.append(payload, to: &token)
        let signature = try key.sign(token)
        token.append(UInt8(ascii: "."))
        Base64URL.append(signature, to: &token)
        return String(decoding: token, as: UTF8.self)
    }
}
