public import Crypto

/// The JOSE header of a JWS (RFC 7515 §4). Parameters that would bring a key along (`jwk`, `jku`, `x5u`, `x5c`) are
/// never followed: keys come from the caller.
public struct JWSHeader: Sendable, Equatable {
    /// `alg` (§4.1.1).
    public let algorithm: SignatureAlgorithm
    /// `kid` (§4.1.4).
    public let keyID: String?
    /// `typ` (§4.1.9).
    public let type: String?
    /// Every parameter.
    public let parameters: JSONObject

    /// Reads the bytes of a header.
    init(parsing bytes: [UInt8]) throws(JWSError) {
        let json: JSON
        do {
            json = try JSON.parse(bytes, depthLimit: 8)
        } catch {
            throw .malformedHeader(error)
        }
        guard let parameters = json.object else { throw .malformed }
        // §4.1.11: what is critical must be understood, and nothing is; RFC 7797 §6: `b64` is critical by nature.
        for name in ["crit", "b64"] where parameters[name] != nil { throw .unsupportedExtension(name) }
        guard let name = try Self.text("alg", of: parameters) else { throw .badHeaderParameter("alg") }
        guard let algorithm = SignatureAlgorithm(rawValue: name) else { throw .unsupportedAlgorithm }
        self.algorithm = algorithm
        self.keyID = try Self.text("kid", of: parameters)
        self.type = try Self.text("typ", of: parameters)
        self.parameters = parameters
    }

    /// Whether `typ` is this media type: `application/` may be left out, and letter case does not count (§4.1.9).
    public func hasType(_ expected: String) -> Bool {
        guard let type else { return false }
        return Self.mediaType(type) == Self.mediaType(expected)
    }

    private static func mediaType(_ type: String) -> [UInt8] {
        let lowercase = Array(type.utf8).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        let prefix = Array("application/".utf8)
        return lowercase.starts(with: prefix) ? Array(lowercase.dropFirst(prefix.count)) : lowercase
    }

    private static func text(_ name: String, of parameters: JSONObject) throws(JWSError) -> String? {
        guard let parameter = parameters[name] else { return nil }
        guard let text = parameter.string else { throw .badHeaderParameter(name) }
        return text
    }
}
