import TestCertificates

/// `openssl s_client`: a TLS client that is not ours.
enum OpenSSLClient {
    /// Connects to a port of this machine, sends `text`, and reads until the server closes.
    /// - Parameter commands: whether lines such as `R` (renegotiate) are commands; the end of the text ends it then.
    static func run(
        _ port: UInt16, _ options: [String], sending text: String, commands: Bool = false
    ) throws -> String {
        try Command.run(
            "/usr/bin/openssl",
            ["s_client", "-connect", "127.0.0.1:\(port)"] + (commands ? [] : ["-ign_eof"]) + options, input: text
        ).output
    }
}
