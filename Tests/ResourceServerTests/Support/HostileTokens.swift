import Crypto
import JOSE

@testable import ResourceServer

extension HostileToken {
    static let all = shapes + algorithms + types + headers + signatures + claims + times

    /// Texts that are no compact JWS of ours.
    private static let shapes: [HostileToken] = [
        HostileToken("nothing", .signature(.malformed)) { _ in "" },
        HostileToken("two parts", .signature(.malformed)) {
            try $0.token().split(separator: ".")[..<2].joined(separator: ".")
        },
        HostileToken("four parts", .signature(.malformed)) { try $0.token() + ".e30" },
        HostileToken("five parts, as encrypted tokens have", .signature(.malformed)) { try $0.token() + ".e30.e30" },
        HostileToken("padding", .signature(.malformed)) { try $0.token() + "=" },
        HostileToken("a line break at the end", .signature(.malformed)) { try $0.token() + "\n" },
        HostileToken("the other alphabet", .signature(.malformed)) { _ in "e30+.e30/.e30" },
        HostileToken("bits that encode nothing", .signature(.malformed)) { try "e31." + $0.token().dropFirst(4) },
        HostileToken("a header that is no JSON", .signature(.malformedHeader(jsonError("x")))) {
            try $0.token(headerText: "x")
        },
        HostileToken("a header that is an array", .signature(.malformed)) { try $0.token(headerText: "[]") },
        HostileToken("longer than the limit", .signature(.tooLong)) {
            try $0.token(claims: [("x", .string(String(repeating: "x", count: 16_384)))])
        },
        HostileToken("claims that are no JSON", .claims(.json(jsonError("x")))) { try $0.token(payloadText: "x") },
        HostileToken("claims that are an array", .claims(.notAnObject)) { try $0.token(payloadText: "[]") },
        HostileToken("claims behind a byte order mark", .claims(.json(jsonError("\u{FEFF}{}")))) {
            try $0.token(payloadText: "\u{FEFF}{}")
        },
        HostileToken("claims nested without end", .claims(.json(jsonError(nested)))) {
            try $0.token(payloadText: nested)
        },
        HostileToken("a repeated claim", .claims(.json(jsonError(#"{"aud":"a","aud":"b"}"#)))) {
            try $0.token(payloadText: #"{"aud":"a","aud":"b"}"#)
        },
    ]

    private static let algorithms: [HostileToken] =
        ["none", "None", "NONE", "nOnE", ""].map { name in
            HostileToken("alg '\(name)' and no signature", .signature(.unsupportedAlgorithm)) {
                try $0.token(header: [("alg", .string(name))], signature: [])
            }
        }
        + ["RS384", "RS512", "PS384", "PS512", "ES384", "ES512", "EdDSA", "ES256K", "RS256 ", "rs256"].map { name in
            HostileToken("alg '\(name)'", .signature(.unsupportedAlgorithm)) {
                try $0.token(header: [("alg", .string(name))])
            }
        } + [
            HostileToken("HS256 with the public key's PEM as secret", .signature(.unsupportedAlgorithm)) {
                $0.symmetric(Array($0.publicPEM.utf8))
            },
            HostileToken("HS256 with the JWK as secret", .signature(.unsupportedAlgorithm)) {
                $0.symmetric(JWK($0.rsa.verificationKey).json.encoded())
            },
            HostileToken("HS256 with the modulus as secret", .signature(.unsupportedAlgorithm)) {
                guard case .rsa(let modulus, _) = $0.rsa.components else { return "" }
                return $0.symmetric(modulus)
            },
            // Keys are filled up with zeros (RFC 2104 §2), so this is the empty one, too.
            HostileToken("HS256 with an empty secret", .signature(.unsupportedAlgorithm)) { $0.symmetric([0]) },
            HostileToken("HS512 in name", .signature(.unsupportedAlgorithm)) { $0.symmetric([1], algorithm: "HS512") },
            HostileToken("no alg", .signature(.badHeaderParameter("alg"))) { try $0.token(header: [("alg", nil)]) },
            HostileToken("alg as an array", .signature(.badHeaderParameter("alg"))) {
                try $0.token(header: [("alg", ["RS256"])])
            },
            HostileToken("PS256 by a key that is for RS256", .signature(.unknownKey)) {
                try $0.token(header: [("alg", "PS256")])
            },
            HostileToken("ES256 by name of an RSA key", .signature(.unknownKey)) {
                try $0.token(header: [("alg", "ES256")], by: $0.p256)
            },
            HostileToken("RS256 by name of a key on P-256", .signature(.unknownKey)) {
                try $0.token(header: [("kid", .string(Forge.kid(of: $0.p256)))])
            },
        ]

    /// Other tokens of the same issuer, rightly signed.
    private static let types: [HostileToken] =
        [
            "JWT", "jwt", "logout+jwt", "secevent+jwt", "token-introspection+jwt", "dpop+jwt", "oauth-authz-req+jwt",
            "application/jwt", "application/application/at+jwt", "text/at+jwt", "at+jwt ", " at+jwt", "at+jwt;v=1",
            "at+jwt\0", "at", "",
        ].map { type in
            HostileToken("typ '\(type.debugDescription)'", .claims(.wrongType)) {
                try $0.token(header: [("typ", .string(type))])
            }
        } + [
            HostileToken("no typ", .claims(.wrongType)) { try $0.token(header: [("typ", nil)]) },
            HostileToken("typ as an array", .signature(.badHeaderParameter("typ"))) {
                try $0.token(header: [("typ", ["at+jwt"])])
            },
            HostileToken("an ID token", .claims(.wrongType)) {
                try $0.token(
                    header: [("typ", "JWT")],
                    claims: [("aud", "client-1"), ("client_id", nil), ("scope", nil), ("nonce", "n"), ("at_hash", "h")])
            },
            HostileToken("an ID token for this very audience", .claims(.wrongType)) {
                try $0.token(header: [("typ", "JWT")], claims: [("nonce", "n")])
            },
            HostileToken("a logout token", .claims(.wrongType)) {
                try $0.token(
                    header: [("typ", "logout+jwt")],
                    claims: [("events", ["http://schemas.openid.net/event/backchannel-logout": [:]]), ("sid", "s")])
            },
        ]

    private static let headers: [HostileToken] = [
        HostileToken("crit: exp", .signature(.unsupportedExtension("crit"))) {
            try $0.token(header: [("crit", ["exp"]), ("exp", 1)])
        },
        HostileToken("an empty crit", .signature(.unsupportedExtension("crit"))) {
            try $0.token(header: [("crit", [])])
        },
        HostileToken("crit as null", .signature(.unsupportedExtension("crit"))) {
            try $0.token(header: [("crit", .some(.null))])
        },
        HostileToken("b64: false", .signature(.unsupportedExtension("crit"))) {
            try $0.token(header: [("b64", false), ("crit", ["b64"])])
        },
        HostileToken("b64: true without crit", .signature(.unsupportedExtension("b64"))) {
            try $0.token(header: [("b64", true)])
        },
        HostileToken("a repeated alg", .signature(.malformedHeader(jsonError(#"{"alg":"RS256","alg":"none"}"#)))) {
            try $0.token(headerText: #"{"alg":"RS256","alg":"none"}"#)
        },
        HostileToken("a kid in two spellings", .signature(.malformedHeader(jsonError(#"{"kid":"a","\u006bid":"b"}"#))))
        {
            try $0.token(headerText: #"{"kid":"a","\u006bid":"b"}"#)
        },
        HostileToken("an unknown kid", .signature(.unknownKey)) { try $0.token(header: [("kid", "unknown")]) },
        HostileToken("an empty kid", .signature(.unknownKey)) { try $0.token(header: [("kid", "")]) },
        HostileToken("a kid that is a path", .signature(.unknownKey)) {
            try $0.token(header: [("kid", "../../../../dev/null")])
        },
        HostileToken("a kid that is SQL", .signature(.unknownKey)) {
            try $0.token(header: [("kid", "x' UNION SELECT 'secret")])
        },
        HostileToken("a kid that is an address", .signature(.unknownKey)) {
            try $0.token(header: [("kid", "https://evil.example/key")])
        },
        HostileToken("a kid of ten thousand characters", .signature(.unknownKey)) {
            try $0.token(header: [("kid", .string(String(repeating: "k", count: 10_000)))])
        },
        HostileToken("the kid in other letter case", .signature(.unknownKey)) {
            try $0.token(header: [("kid", .string(Forge.kid(of: $0.rsa).uppercased() + "x"))])
        },
        HostileToken("a kid that is a number", .signature(.badHeaderParameter("kid"))) {
            try $0.token(header: [("kid", 0)])
        },
        HostileToken("a key of its own in the header", .signature(.invalidSignature)) {
            try $0.token(header: [("jwk", JWK($0.foreign.verificationKey).json)], by: $0.foreign)
        },
        HostileToken("a key of its own in the header, and no kid", .signature(.invalidSignature)) {
            try $0.token(header: [("jwk", JWK($0.foreign.verificationKey).json), ("kid", nil)], by: $0.foreign)
        },
        HostileToken("a key of its own, by its kid", .signature(.unknownKey)) {
            try $0.token(header: [("jwk", JWK($0.foreign.verificationKey).json)], as: $0.foreign)
        },
        HostileToken("an address of keys", .signature(.unknownKey)) {
            try $0.token(header: [("jku", "https://evil.example/keys")], as: $0.foreign)
        },
        HostileToken("a certificate and its address", .signature(.invalidSignature)) {
            try $0.token(
                header: [("x5c", ["MIIB"]), ("x5u", "https://evil.example/chain"), ("x5t#S256", "x")], by: $0.foreign)
        },
    ]

    private static let signatures: [HostileToken] = [
        HostileToken("somebody else's signature", .signature(.invalidSignature)) { try $0.token(by: $0.foreign) },
        HostileToken("no signature", .signature(.invalidSignature)) { try $0.token(signature: []) },
        HostileToken("the signature of another token", .signature(.invalidSignature)) {
            let other = try $0.token(claims: [("sub", "other")]).split(separator: ".")
            let own = try $0.token().split(separator: ".")
            return "\(own[0]).\(own[1]).\(other[2])"
        },
        HostileToken("a shortened signature", .signature(.invalidSignature)) {
            let parts = try $0.token().split(separator: ".").map(String.init)
            return "\(parts[0]).\(parts[1])." + Base64URL.encode((Base64URL.decode(parts[2]) ?? []).dropLast())
        },
        HostileToken("claims that were changed", .signature(.invalidSignature)) {
            let other = try $0.token(claims: [("scope", "admin")]).split(separator: ".")
            let own = try $0.token().split(separator: ".")
            return "\(own[0]).\(other[1]).\(own[2])"
        },
        HostileToken("a header that was changed", .signature(.invalidSignature)) {
            let other = try $0.token(header: [("x", 1)]).split(separator: ".")
            let own = try $0.token().split(separator: ".")
            return "\(other[0]).\(own[1]).\(own[2])"
        },
        HostileToken("ES256 with a signature in DER", .signature(.invalidSignature)) {
            var signature: [UInt8] = [0x30, 0x44, 0x02, 0x20] + [UInt8](repeating: 1, count: 32)
            signature += [0x02, 0x20] + [UInt8](repeating: 1, count: 32)
            return try $0.token(signature: signature, as: $0.p256)
        },
    ]
}

/// The error of this text, as the parser has it.
func jsonError(_ text: String) -> JSONError {
    do {
        _ = try JSON.parse(text)
    } catch {
        return error
    }
    preconditionFailure("the text is JSON")
}

private let nested = #"{"x":"# + String(repeating: "[", count: 1000) + String(repeating: "]", count: 1000) + "}"
