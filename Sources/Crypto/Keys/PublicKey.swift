import COpenSSL

/// A public key that passed every check, not yet bound to an algorithm: an RSA key may be for RS256 or PS256.
public struct PublicKey: Sendable, Equatable {
    /// The numbers it is made of.
    public let components: PublicKeyComponents
    let handle: KeyHandle

    /// Checks the components: RSA of 2048 to 4096 bits with an odd exponent from 65537 below 2³², or a point of P-256.
    ///
    /// - Throws: ``KeyError``, which says what is wrong.
    public init(_ components: PublicKeyComponents) throws(KeyError) {
        try components.validate()
        self.components = components
        switch components {
        case .rsa(let modulus, let exponent):
            handle = try Self.rsa(modulus: modulus, exponent: exponent)
        case .p256(let x, let y):
            handle = try Self.p256(x: x, y: y)
        }
    }

    /// Two keys are equal when their numbers are.
    public static func == (left: PublicKey, right: PublicKey) -> Bool {
        left.components == right.components
    }

    /// The algorithms a key of this type can be for.
    public var suitableAlgorithms: [SignatureAlgorithm] {
        switch components {
        case .rsa: [.rs256, .ps256]
        case .p256: [.es256]
        }
    }

    private static func rsa(modulus: [UInt8], exponent: [UInt8]) throws(KeyError) -> KeyHandle {
        let n = BN_bin2bn(modulus, Int32(modulus.count), nil)
        let e = BN_bin2bn(exponent, Int32(exponent.count), nil)
        let builder = OSSL_PARAM_BLD_new()
        defer {
            BN_free(n)
            BN_free(e)
            OSSL_PARAM_BLD_free(builder)
        }
        guard OSSL_PARAM_BLD_push_BN(builder, martlet_OSSL_PKEY_PARAM_RSA_N(), n) == 1,
            OSSL_PARAM_BLD_push_BN(builder, martlet_OSSL_PKEY_PARAM_RSA_E(), e) == 1,
            let parameters = OSSL_PARAM_BLD_to_param(builder)
        else { throw .library(CryptoError("OSSL_PARAM_BLD")) }
        defer { OSSL_PARAM_free(parameters) }
        guard let key = make(type: "RSA", parameters) else { throw .library(CryptoError("EVP_PKEY_fromdata")) }
        return key
    }

    private static func p256(x: [UInt8], y: [UInt8]) throws(KeyError) -> KeyHandle {
        var curve = Array("P-256".utf8CString)
        var point: [UInt8] = [0x04] + x + y  // uncompressed, SEC 1 §2.3.3
        let key = curve.withUnsafeMutableBufferPointer { curve in
            point.withUnsafeMutableBufferPointer { point in
                var parameters = [
                    OSSL_PARAM_construct_utf8_string(martlet_OSSL_PKEY_PARAM_GROUP_NAME(), curve.baseAddress, 0),
                    OSSL_PARAM_construct_octet_string(
                        martlet_OSSL_PKEY_PARAM_PUB_KEY(), point.baseAddress, point.count),
                    OSSL_PARAM_construct_end(),
                ]
                return make(type: "EC", &parameters)
            }
        }
        guard let key else {
            ErrorQueue.drain()
            throw .badPoint  // decoding the point checks that it is on the curve
        }
        return key
    }

    private static func make(type: StaticString, _ parameters: UnsafeMutablePointer<OSSL_PARAM>) -> KeyHandle? {
        let context = EVP_PKEY_CTX_new_from_name(nil, "\(type)", nil)
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_fromdata_init(context) == 1,
            EVP_PKEY_fromdata(context, &key, martlet_EVP_PKEY_PUBLIC_KEY(), parameters) == 1, let key
        else { return nil }
        return KeyHandle(owning: key)
    }
}
