internal import Glibc

/// A file that fits into memory many times over: a key, a certificate.
enum SmallFile {
    private static let limit = 1 << 20

    /// - Throws: `Refusal` naming the file.
    static func read(_ path: String) throws -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Refusal("\(path) cannot be read: \(String(cString: strerror(errno))).") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while bytes.count <= limit {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { throw Refusal("\(path) cannot be read: \(String(cString: strerror(errno))).") }
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer.prefix(count)
        }
        throw Refusal("\(path) is too large for what it should be.")
    }
}

/// What the file system says about a path.
struct FileStatus {
    private let mode: mode_t

    /// - Throws: `Refusal` when there is nothing at the path.
    init(_ path: String) throws {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw Refusal("\(path) cannot be looked at: \(String(cString: strerror(errno))).")
        }
        mode = status.st_mode
    }

    var isDirectory: Bool { mode & S_IFMT == S_IFDIR }

    /// Whether group or others have any right.
    var isOpenToOthers: Bool { mode & 0o077 != 0 }

    /// `0644`.
    var octal: String { "0" + String(mode & 0o7777, radix: 8) }
}
