internal import Foundation

/// A certificate authority that exists for one test, made by the `openssl` command in a folder of its own.
public final class TestAuthority: Sendable {
    /// A leaf certificate and its key, as PEM files.
    public struct Identity: Sendable {
        /// The certificate's file.
        public let certificate: String
        /// The key's file.
        public let key: String
    }

    /// What the `openssl` command said when it failed.
    public struct CommandFailed: Error {
        /// What it printed.
        public let output: String
    }

    /// The authority's own certificate, to be trusted.
    public let certificate: String
    private let folder: URL

    /// Makes the authority.
    public init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        certificate = folder.appending(path: "ca.pem").path
        try openssl(
            ["req", "-x509"] + Self.newKey + [
                "-keyout", path("ca.key"), "-out", certificate, "-days", "7", "-subj", "/CN=Test CA",
            ])
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    /// Issues a certificate for the given subject alternative names, `DNS:localhost` or `IP:127.0.0.1`.
    /// - Parameter days: its lifetime; a negative one has ended already.
    public func issue(names: [String], days: Int = 7) throws -> Identity {
        let name = UUID().uuidString
        try openssl(
            ["req"] + Self.newKey + [
                "-keyout", path("\(name).key"), "-out", path("\(name).csr"), "-subj", "/CN=leaf",
                "-addext", "subjectAltName=\(names.joined(separator: ","))",
            ])
        try openssl([
            "x509", "-req", "-in", path("\(name).csr"), "-CA", certificate, "-CAkey", path("ca.key"), "-days",
            "\(days)",
            "-set_serial", "\(UInt32.random(in: 1...UInt32.max))", "-copy_extensions", "copy", "-out",
            path("\(name).pem"),
        ])
        return Identity(certificate: path("\(name).pem"), key: path("\(name).key"))
    }

    /// Copies a key file, encrypted under a pass phrase.
    public func encrypted(key: String) throws -> String {
        let copy = path("\(UUID().uuidString).key")
        try openssl(["pkey", "-in", key, "-aes128", "-passout", "pass:secret", "-out", copy])
        return copy
    }

    /// A file of the authority's folder with the given text.
    public func file(_ text: String) throws -> String {
        let file = folder.appending(path: UUID().uuidString)
        try Data(text.utf8).write(to: file)
        return file.path
    }

    private static let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

    private func path(_ name: String) -> String { folder.appending(path: name).path }

    private func openssl(_ arguments: [String]) throws {
        let outcome = try Command.run("/usr/bin/openssl", arguments)
        guard outcome.status == 0 else { throw CommandFailed(output: outcome.output) }
    }
}
