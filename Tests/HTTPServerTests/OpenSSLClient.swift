import Foundation

/// `openssl s_client`: a TLS client that is not ours.
enum OpenSSLClient {
    /// What it printed on both of its outputs, and how it ended.
    struct Outcome {
        let output: String
        let status: Int32
    }

    /// Connects to a port of this machine, sends `text`, and reads until the server closes.
    /// - Parameter commands: whether lines such as `R` (renegotiate) are commands; the end of the text ends it then.
    static func run(
        _ port: UInt16, _ options: [String], sending text: String, commands: Bool = false
    ) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = ["s_client", "-connect", "127.0.0.1:\(port)"] + (commands ? [] : ["-ign_eof"]) + options
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
        // A client that has given up already takes no input; that is not the test's failure.
        try? input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        if commands { try? input.fileHandleForWriting.close() }
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Outcome(output: String(decoding: bytes, as: UTF8.self), status: process.terminationStatus)
    }
}
