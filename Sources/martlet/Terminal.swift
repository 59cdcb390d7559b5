internal import Glibc

/// The operator's terminal, or whatever stands in its place: answers on standard output, complaints on standard error.
enum Terminal {
    /// Writes an answer, which ends its own lines.
    static func print(_ text: String) { write(text, to: STDOUT_FILENO) }

    /// Writes why nothing was done.
    static func complain(_ sentence: String) { write("martlet: \(sentence)\n", to: STDERR_FILENO) }

    /// Everything that comes on standard input, without the line end behind it.
    static func readAll() -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer.prefix(count)
        }
        if bytes.last == 0x0A { bytes.removeLast() }
        if bytes.last == 0x0D { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func write(_ text: String, to descriptor: Int32) {
        write(Array(text.utf8), to: descriptor)
    }

    /// Writes all of it; a reader that has gone is no concern.
    static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var bytes = bytes[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
