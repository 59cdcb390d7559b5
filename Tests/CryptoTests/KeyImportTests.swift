import Crypto
import Testing

@Suite("Keys that are refused (RFC 5958, RFC 7468, RFC 7518 §6)")
struct KeyImportTests {
    struct Case: Decodable {
        let name: String
        let pem: String
        let error: String
    }

    @Test("RFC 7468 §10, RFC 5958: each private key is accepted or refused for the right reason")
    func pem() throws {
        let cases = try Vectors.load("keys", as: [Case].self)
        #expect(cases.count == 32)
        for vector in cases {
            var outcome = ""
            do {
                let key = try SigningKey(pem: vector.pem)
                #expect(try SigningKey(pem: key.pem()).components == key.components)
            } catch {
                outcome = name(of: error)
                #expect("\(error)".allSatisfy { $0.isASCII }, "\(error)")
            }
            #expect(outcome == vector.error, "\(vector.name)")
        }
    }

    @Test("A key is for algorithms of its own type only")
    func algorithms() throws {
        let rsa = try SigningKey.generate(.rsa2048)
        let ec = try SigningKey.generate(.p256)
        #expect(throws: KeyError.wrongType(for: .es256)) { try SigningKey(der: rsa.der(), for: .es256) }
        #expect(throws: KeyError.wrongType(for: .rs256)) { try SigningKey(der: ec.der(), for: .rs256) }
        #expect(throws: KeyError.wrongType(for: .ps256)) { try SigningKey.generate(.p256, for: .ps256) }
        #expect(throws: KeyError.wrongType(for: .es256)) {
            try VerificationKey(rsa.verificationKey.publicKey, for: .es256)
        }
        #expect(rsa.verificationKey.publicKey.suitableAlgorithms == [.rs256, .ps256])
        #expect(ec.verificationKey.publicKey.suitableAlgorithms == [.es256])
    }

    @Test("RFC 7518 §6.3.1: RSA components out of bounds are refused by name")
    func rsaComponents() throws {
        guard case .rsa(let n, let e) = try SigningKey.generate(.rsa2048).components else {
            Issue.record("an RSA key without RSA components")
            return
        }
        #expect(throws: Never.self) { try PublicKey(.rsa(modulus: n, exponent: e)) }
        let even = Array(n.dropLast()) + [n[n.count - 1] & 0xFE]
        let refused: [([UInt8], [UInt8], KeyError)] = [
            ([], e, .badModulus), ([0] + n, e, .badModulus), (even, e, .badModulus),
            (Array(n.dropLast(2)) + [1], e, .modulusBits(2040)), ([1], e, .modulusBits(1)),
            (n + n + [1], e, .modulusBits(4104)), ([UInt8](repeating: 0xFF, count: 100_000), e, .modulusBits(800_000)),
            (n, [], .badExponent), (n, [0], .badExponent), (n, [1], .badExponent), (n, [3], .badExponent),
            (n, [0, 1, 0, 1], .badExponent), (n, [1, 0, 0], .badExponent), (n, [0xFF, 0xFF], .badExponent),
            (n, [1, 0, 0, 0, 1], .badExponent), (n, n, .badExponent),
        ]
        for (modulus, exponent, error) in refused {
            #expect(throws: error) { try PublicKey(.rsa(modulus: modulus, exponent: exponent)) }
        }
    }

    @Test("RFC 7518 §6.2.1: coordinates that are no point of P-256 are refused")
    func coordinates() throws {
        guard case .p256(let x, let y) = try SigningKey.generate(.p256).components else {
            Issue.record("a key on P-256 without coordinates")
            return
        }
        #expect(throws: Never.self) { try PublicKey(.p256(x: x, y: y)) }
        let zero = [UInt8](repeating: 0, count: 32)
        let ones = [UInt8](repeating: 0xFF, count: 32)
        var off = y
        off[31] ^= 1
        let refused: [([UInt8], [UInt8])] = [
            ([], []), (x, []), (x, off), (y, x), (zero, zero), (ones, ones), (ones, y), (zero, y), ([0] + x, y),
            (x, y + [0]), (Array(x.dropFirst()), y),
        ]
        for (x, y) in refused {
            #expect(throws: KeyError.badPoint) { try PublicKey(.p256(x: x, y: y)) }
        }
    }

    private func name(of error: any Error) -> String {
        guard let error = error as? KeyError else { return "\(error)" }
        return switch error {
        case .notPEM: "notPEM"
        case .notPKCS8: "notPKCS8"
        case .encrypted: "encrypted"
        case .severalKeys: "severalKeys"
        case .malformed: "malformed"
        case .unsupportedType: "unsupportedType"
        case .unsupportedCurve: "unsupportedCurve"
        case .modulusBits: "modulusBits"
        case .badModulus: "badModulus"
        case .badExponent: "badExponent"
        case .badPoint: "badPoint"
        case .inconsistent: "inconsistent"
        case .wrongType: "wrongType"
        case .library: "library"
        }
    }
}
