internal import Crypto

extension JWK {
    /// Reads a JWK; members it does not know are passed over (RFC 7517 §4).
    ///
    /// - Throws: ``JWKError``, which names the member.
    public init(_ json: JSON) throws(JWKError) {
        guard let object = json.object else { throw .notAnObject }
        if let name = Self.privateMembers.first(where: { object[$0] != nil }) { throw .privateMember(name) }
        var use: Use?
        if let text = try Self.text("use", of: object) {
            use = Use(rawValue: text)
            if use == nil { throw .unsupported("use") }
        }
        var operations: [String]?
        if let member = object["key_ops"] {
            operations = member.strings
            if operations == nil { throw .malformed("key_ops") }
        }
        self.init(
            key: try Self.key(of: object), keyID: try Self.text("kid", of: object), use: use, operations: operations,
            algorithm: try Self.text("alg", of: object))
    }

    /// The JWK as JSON.
    public var json: JSON {
        var object = JSONObject()
        switch key.components {
        case .rsa(let modulus, let exponent):
            object["kty"] = "RSA"
            object["n"] = .string(Base64URL.encode(modulus))
            object["e"] = .string(Base64URL.encode(exponent))
        case .p256(let x, let y):
            object["kty"] = "EC"
            object["crv"] = "P-256"
            object["x"] = .string(Base64URL.encode(x))
            object["y"] = .string(Base64URL.encode(y))
        }
        object["kid"] = keyID.map(JSON.string)
        object["use"] = use.map { .string($0.rawValue) }
        object["key_ops"] = operations.map { .array($0.map(JSON.string)) }
        object["alg"] = algorithm.map(JSON.string)
        return .object(object)
    }

    /// Members of private keys (RFC 7518 §6.2.2, §6.3.2) and symmetric ones (§6.4.1).
    private static let privateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"]

    private static func key(of object: JSONObject) throws(JWKError) -> PublicKey {
        guard let type = try text("kty", of: object) else { throw .missing("kty") }
        let components: PublicKeyComponents
        switch type {
        case "RSA":
            components = .rsa(modulus: try number("n", of: object), exponent: try number("e", of: object))
        case "EC":
            guard let curve = try text("crv", of: object) else { throw .missing("crv") }
            guard curve == "P-256" else { throw .unsupported("crv") }
            components = .p256(x: try number("x", of: object), y: try number("y", of: object))
        default:
            throw .unsupported("kty")
        }
        do {
            return try PublicKey(components)
        } catch {
            throw .key(error)
        }
    }

    /// A text member; nil when it is absent.
    private static func text(_ name: String, of object: JSONObject) throws(JWKError) -> String? {
        guard let member = object[name] else { return nil }
        guard let text = member.string else { throw .malformed(name) }
        return text
    }

    private static func number(_ name: String, of object: JSONObject) throws(JWKError) -> [UInt8] {
        guard let text = try text(name, of: object) else { throw .missing(name) }
        guard let bytes = Base64URL.decode(text) else { throw .malformed(name) }
        return bytes
    }
}
