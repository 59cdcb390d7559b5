import Foundation
import JOSE

@testable import Crypto

/// Makes tokens, good and bad, with real signatures.
struct Forge: Sendable {
    static let issuer = "https://id.example"
    static let audience = "https://api.example"
    /// No answer may repeat it.
    static let canary = "canary-4711"

    /// The issuer's.
    let rsa: SigningKey
    /// The issuer's.
    let p256: SigningKey
    /// Somebody else's.
    let foreign: SigningKey

    static let shared = Result {
        Forge(
            rsa: try .generate(.rsa2048), p256: try .generate(.p256), foreign: try .generate(.rsa2048))
    }

    /// What is changed about a part of a token; nil takes a member away.
    typealias Changes = [(String, JSON?)]

    static func kid(of key: SigningKey) -> String { JWK.thumbprint(of: key.components) }

    /// The header of an access token by `key`.
    static func header(_ key: SigningKey, _ changes: Changes = []) -> JSONObject {
        changed(
            [
                ("alg", .string(key.algorithm.rawValue)), ("typ", "at+jwt"), ("kid", .string(kid(of: key))),
            ], changes)
    }

    /// The claims of RFC 9068 §2.2, for an hour from the test clock's start.
    static func claims(_ changes: Changes = []) -> JSONObject {
        let start = Int64(TestClock.start)
        return changed(
            [
                ("iss", .string(issuer)), ("sub", "user-1"), ("aud", .string(audience)),
                ("exp", .integer(start + 3600)), ("iat", .integer(start)), ("jti", .string(canary)),
                ("client_id", "client-1"), ("scope", "contracts:read profile"), ("roles", ["viewer", "editor"]),
                ("tenant_id", "tenant-1"),
            ], changes)
    }

    private static func changed(_ members: [(name: String, value: JSON)], _ changes: Changes) -> JSONObject {
        var object = JSONObject(members)
        for (name, value) in changes { object[name] = value }
        return object
    }

    /// A token of these parts, signed by a key whatever its header says.
    func token(
        header: Changes = [], claims: Changes = [], as claimed: SigningKey? = nil, by key: SigningKey? = nil
    ) throws -> String {
        let key = key ?? claimed ?? rsa
        return try Self.signed(
            JSON.object(Self.header(claimed ?? rsa, header)).encoded(),
            JSON.object(Self.claims(claims)).encoded(), by: key)
    }

    /// A token of these very bytes.
    static func signed(_ header: [UInt8], _ payload: [UInt8], by key: SigningKey) throws -> String {
        let input = Base64URL.encode(header) + "." + Base64URL.encode(payload)
        return try input + "." + Base64URL.encode(key.sign(Array(input.utf8)))
    }

    /// A token of this very text as header, this one as payload.
    func token(headerText: String, payloadText: String? = nil) throws -> String {
        let payload = payloadText.map { Array($0.utf8) } ?? JSON.object(Self.claims()).encoded()
        return try Self.signed(Array(headerText.utf8), payload, by: rsa)
    }

    /// A token of this very text as payload.
    func token(payloadText: String) throws -> String {
        try Self.signed(JSON.object(Self.header(rsa)).encoded(), Array(payloadText.utf8), by: rsa)
    }

    /// Good parts with this signature.
    func token(header: Changes = [], signature: [UInt8], as claimed: SigningKey? = nil) throws -> String {
        let header = JSON.object(Self.header(claimed ?? rsa, header)).encoded()
        let input = Base64URL.encode(header) + "." + Base64URL.encode(JSON.object(Self.claims()).encoded())
        return input + "." + Base64URL.encode(signature)
    }

    /// Good parts under HMAC-SHA256 with this secret.
    func symmetric(_ secret: [UInt8], algorithm: JSON = "HS256") -> String {
        let header = JSON.object(Self.header(rsa, [("alg", algorithm)])).encoded()
        let input = Base64URL.encode(header) + "." + Base64URL.encode(JSON.object(Self.claims()).encoded())
        return input + "." + Base64URL.encode(HMACSHA256.code(for: [Array(input.utf8)], key: secret))
    }

    /// The public half as the file that others keep it in, which the classical attack takes for a secret.
    var publicPEM: String {
        guard case .rsa(let modulus, let exponent) = rsa.components else { return "" }
        let numbers = Self.der(0x30, Self.der(0x02, [0] + modulus) + Self.der(0x02, exponent))
        let algorithm = Self.der(0x30, [0x06, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1, 5, 0])
        let key = Data(Self.der(0x30, algorithm + Self.der(0x03, [0] + numbers)))
        let text = key.base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
        return "-----BEGIN PUBLIC KEY-----\n\(text)\n-----END PUBLIC KEY-----\n"
    }

    private static func der(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let length: [UInt8] =
            content.count < 128
            ? [UInt8(content.count)] : [0x82, UInt8(content.count >> 8), UInt8(content.count & 0xFF)]
        return [tag] + length + content
    }
}
