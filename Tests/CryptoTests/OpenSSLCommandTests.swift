import Crypto
import Foundation
import Testing

/// The `openssl` command as the other side.
@Suite("Agreement with the openssl command")
final class OpenSSLCommandTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private let message = Array("a message for both sides".utf8)

    @Test("RFC 8017 §8.2, §8.1: openssl verifies our RSA signatures", arguments: [SignatureAlgorithm.rs256, .ps256])
    func oursByThemRSA(algorithm: SignatureAlgorithm) throws {
        let key = try SigningKey.generate(.rsa2048, for: algorithm)
        try store(key, message, try key.sign(message))
        try openssl("pkey", "-in", "key.pem", "-pubout", "-out", "public.pem")
        let verdict = try openssl(
            ["dgst", "-sha256", "-verify", "public.pem", "-signature", "signature"] + options(of: algorithm)
                + ["message"])
        #expect(verdict.contains("Verified OK"))
    }

    @Test("RFC 8017 §8.2, §8.1: we verify openssl's RSA signatures", arguments: [SignatureAlgorithm.rs256, .ps256])
    func theirsByUsRSA(algorithm: SignatureAlgorithm) throws {
        try openssl("genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "key.pem")
        try write(message, "message")
        try openssl(
            ["dgst", "-sha256", "-sign", "key.pem", "-out", "signature"] + options(of: algorithm) + ["message"])
        let key = try SigningKey(pem: String(decoding: read("key.pem"), as: UTF8.self), for: algorithm)
        #expect(try key.verificationKey.isValidSignature(read("signature"), for: message))
    }

    @Test("FIPS 186-5 §6.4: we verify openssl's ECDSA signatures, and it verifies ours")
    func ecdsa() throws {
        try openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "key.pem")
        try openssl("pkey", "-in", "key.pem", "-pubout", "-out", "public.pem")
        try write(message, "message")
        try openssl("dgst", "-sha256", "-sign", "key.pem", "-out", "signature", "message")
        let key = try SigningKey(pem: String(decoding: read("key.pem"), as: UTF8.self))

        let theirs = try #require(raw(der: read("signature")))
        #expect(key.verificationKey.isValidSignature(theirs, for: message))

        try write(der(raw: key.sign(message)), "signature")
        let verdict = try openssl("dgst", "-sha256", "-verify", "public.pem", "-signature", "signature", "message")
        #expect(verdict.contains("Verified OK"))
    }

    @Test("RFC 8017 §A.2.3: a key restricted to PSS by its container is refused")
    func pssKey() throws {
        try openssl("genpkey", "-quiet", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "key.pem")
        let pem = try String(decoding: read("key.pem"), as: UTF8.self)
        #expect(throws: KeyError.unsupportedType) { try SigningKey(pem: pem) }
    }

    private func options(of algorithm: SignatureAlgorithm) -> [String] {
        algorithm == .ps256 ? ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"] : []
    }

    /// A second reading of RFC 3279 §2.2.3, short lengths only.
    private func raw(der: [UInt8]) -> [UInt8]? {
        guard der.count > 8, Int(der[3]) + 4 < der.count else { return nil }
        return padded(der[4..<4 + Int(der[3])]) + padded(der[(6 + Int(der[3]))...])
    }

    private func padded(_ number: ArraySlice<UInt8>) -> [UInt8] {
        Array(([UInt8](repeating: 0, count: 32) + number).suffix(32))
    }

    private func der(raw: [UInt8]) -> [UInt8] {
        let numbers = [raw[..<32], raw[32...]].flatMap { half -> [UInt8] in
            let number = [0] + half.drop { $0 == 0 }
            let shortest = number.count > 1 && number[1] < 0x80 ? Array(number.dropFirst()) : number
            return [0x02, UInt8(shortest.count)] + shortest
        }
        return [0x30, UInt8(numbers.count)] + numbers
    }

    private func store(_ key: SigningKey, _ message: [UInt8], _ signature: [UInt8]) throws {
        try write(Array(key.pem().utf8), "key.pem")
        try write(message, "message")
        try write(signature, "signature")
    }

    private func write(_ bytes: [UInt8], _ name: String) throws {
        try Data(bytes).write(to: folder.appendingPathComponent(name))
    }

    private func read(_ name: String) throws -> [UInt8] {
        try Array(Data(contentsOf: folder.appendingPathComponent(name)))
    }

    @discardableResult
    private func openssl(_ arguments: String...) throws -> String {
        try openssl(arguments)
    }

    @discardableResult
    private func openssl(_ arguments: [String]) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.currentDirectoryURL = folder
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "openssl \(arguments.joined(separator: " ")): \(text)")
        return text
    }
}
