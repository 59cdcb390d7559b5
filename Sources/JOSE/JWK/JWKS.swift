public import Crypto

/// A JWK Set (RFC 7517 §5) of public keys.
public struct JWKS: Sendable, Equatable {
    /// How many keys a set that is read may have.
    public static let keyLimit = 64

    /// The keys in order.
    public let keys: [JWK]

    /// A set of these keys.
    public init(_ keys: [JWK]) {
        self.keys = keys
    }

    /// Reads a set. Keys that are not understood are passed over (§5): another type or curve, a missing member, values
    /// out of range. A private key is never passed over: who publishes one must hear of it.
    ///
    /// - Throws: ``JWKError``.
    public init(_ json: JSON) throws(JWKError) {
        guard let object = json.object else { throw .notAnObject }
        guard let elements = object["keys"]?.array else { throw .noKeys }
        guard elements.count <= Self.keyLimit else { throw .tooManyKeys(limit: Self.keyLimit) }
        var keys: [JWK] = []
        for element in elements {
            do {
                keys.append(try JWK(element))
            } catch .privateMember(let name) {
                throw .privateMember(name)
            } catch {
                continue
            }
        }
        self.keys = keys
    }

    /// Reads the bytes of a set; see ``init(_:)-(JSON)``.
    ///
    /// - Throws: ``JWKError``.
    public init(parsing bytes: [UInt8]) throws(JWKError) {
        let json: JSON
        do {
            json = try JSON.parse(bytes, depthLimit: 8)
        } catch {
            throw .json(error)
        }
        try self.init(json)
    }

    /// The set as JSON.
    public var json: JSON { ["keys": .array(keys.map(\.json))] }

    /// The keys that a signature of `algorithm` by the key `keyID` may be from: with an id those of that id, without one
    /// all that are for the algorithm.
    public func candidates(keyID: String?, algorithm: SignatureAlgorithm) -> [VerificationKey] {
        keys.compactMap { key in
            if let keyID, !exactlyEqual(keyID, key.keyID) { return nil }
            return key.verificationKey(for: algorithm)
        }
    }
}
