public import EventLoop
internal import Glibc

/// Mail for whoever tries the server out: each message a file that any mail program opens. Nothing leaves.
public struct MailFolder: MailTransport {
    private let path: String
    private let lane: Lane
    private let laidDown: @Sendable (MailMessage, _ file: String) -> Void

    /// - Parameters:
    ///   - path: the directory, made if missing; only its owner may look inside, since links are as good as passwords.
    ///   - laidDown: told of each message and its file.
    public init(path: String, lane: Lane, laidDown: @escaping @Sendable (MailMessage, _ file: String) -> Void) {
        self.path = path
        self.lane = lane
        self.laidDown = laidDown
    }

    /// Writes the message as a file.
    public func send(_ message: MailMessage) async throws(MailTransportError) {
        let file: String
        do { file = try await lane.run { [self] in try write(message) } } catch let error as MailTransportError {
            throw error
        } catch {
            throw .temporary("\(error)")
        }
        laidDown(message, file)
    }

    private func write(_ message: MailMessage) throws(MailTransportError) -> String {
        for directory in [Self.parent(of: path), path] where mkdir(directory, 0o700) != 0 && errno != EEXIST {
            throw .temporary("\(directory) cannot be made: \(Self.reason)")
        }
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        // In the order of writing; the id is of base64url.
        let file = "\(path)/\(time.tv_sec)\(String(1_000_000_000 + time.tv_nsec).dropFirst())-\(message.id).eml"
        let unfinished = file + ".part"
        let descriptor = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .temporary("\(unfinished) cannot be made: \(Self.reason)") }
        defer { close(descriptor) }
        var rest = Array(message.wireText.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .temporary("\(unfinished) cannot be written: \(Self.reason)") }
            rest = rest.dropFirst(count)
        }
        guard rename(unfinished, file) == 0 else { throw .temporary("\(file) cannot be made: \(Self.reason)") }
        return file
    }

    private static func parent(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) }.flatMap { $0.isEmpty ? nil : $0 } ?? "."
    }

    private static var reason: String { String(cString: strerror(errno)) }
}
