import Testing

@testable import Crypto

@Suite("Signatures that must not verify (RFC 8017 §8, FIPS 186-5 §6.4)")
struct SignatureTests {
    struct File: Decodable {
        let rsa: String
        let ec: String
        let cases: [Case]
    }

    struct Case: Decodable {
        let algorithm: String
        let name: String
        let message: Hex
        let signature: Hex
        let valid: Bool
    }

    @Test("CVE-2022-21449 and its kin: of broken signatures none verifies, of unusual ones all do")
    func cases() throws {
        let file = try Vectors.load("signatures", as: File.self)
        #expect(file.cases.count == 78)
        let keys = try [
            SigningKey(pem: file.rsa), SigningKey(pem: file.rsa, for: .ps256), SigningKey(pem: file.ec),
        ].map(\.verificationKey)
        for vector in file.cases {
            let key = try #require(keys.first { $0.algorithm.rawValue == vector.algorithm })
            #expect(
                key.isValidSignature(vector.signature.bytes, for: vector.message.bytes) == vector.valid,
                "\(vector.algorithm): \(vector.name)")
        }
    }

    @Test("Each failure leaves libcrypto's error queue empty")
    func errorQueue() throws {
        let file = try Vectors.load("signatures", as: File.self)
        let key = try SigningKey(pem: file.rsa).verificationKey
        for vector in file.cases where !vector.valid {
            _ = key.isValidSignature(vector.signature.bytes, for: vector.message.bytes)
            #expect(ErrorQueue.drain() == "")
        }
        #expect(throws: KeyError.malformed) { try SigningKey(der: [0x30, 0x03, 0x02, 0x01, 0x00]) }
        #expect(ErrorQueue.drain() == "")
    }

    @Test("RFC 7518 §3.4: an ECDSA signature keeps its numbers from DER to raw form and back")
    func ecdsaForms() throws {
        let file = try Vectors.load("signatures", as: File.self)
        let valid = file.cases.filter { $0.algorithm == "ES256" && $0.valid }
        #expect(valid.count == 7)
        for vector in valid {
            let der = try #require(ECDSASignature.der(raw: vector.signature.bytes))
            #expect(ECDSASignature.raw(der: der) == vector.signature.bytes)
            for length in 0..<der.count { #expect(ECDSASignature.raw(der: Array(der.prefix(length))) == nil) }
            #expect(ECDSASignature.raw(der: der + [0]) == nil)
        }
    }

    @Test("DER that is not two positive integers of 256 bits has no raw form")
    func brokenDER() {
        let broken: [[UInt8]] = [
            [], [0x30], [0x30, 0x00], [0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01],
            [0x30, 0x06, 0x02, 0x01, 0x81, 0x02, 0x01, 0x01],  // negative
            [0x30, 0x06, 0x02, 0x01, 0x01, 0x03, 0x01, 0x01],  // not an INTEGER
            [0x30, 0x05, 0x02, 0x00, 0x02, 0x01, 0x01],  // an INTEGER of no bytes
            [0x30, 0x06, 0x02, 0x04, 0x01, 0x02, 0x01, 0x01],  // the first takes all
            [0x30, 0x26, 0x02, 0x21, 0x01] + [UInt8](repeating: 0, count: 32) + [0x02, 0x01, 0x01],  // 257 bits
        ]
        for der in broken { #expect(ECDSASignature.raw(der: der) == nil) }
        let small: [UInt8] = [0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x02]
        let raw = [UInt8](repeating: 0, count: 31) + [1] + [UInt8](repeating: 0, count: 31) + [2]
        #expect(ECDSASignature.raw(der: small) == raw)
        #expect(ECDSASignature.der(raw: raw) == small)
    }
}
