import Foundation

/// A client that says exactly the bytes it is told, over a socket that blocks for at most twenty seconds.
final class TestClient {
    /// The kernel refused what the test needs.
    struct SocketFailed: Error {
        let call: String
        let code: Int32
    }

    private(set) var descriptor: Int32
    private var received: [UInt8] = []

    /// A socket that is not yet connected, at 127.0.0.1 or another of this machine's loopback addresses.
    init(from source: UInt32 = 0x7F00_0001) throws {
        descriptor = try Self.socket(AF_INET)
        var own = sockaddr_in()
        own.sin_family = sa_family_t(AF_INET)
        own.sin_addr.s_addr = source.bigEndian
        try Self.call("bind", &own) { bind(descriptor, $0, $1) }
    }

    convenience init(port: UInt16, from source: UInt32 = 0x7F00_0001) throws {
        try self.init(from: source)
        try connect(to: port)
    }

    /// Connects to 127.0.0.1.
    func connect(to port: UInt16) throws {
        var peer = sockaddr_in()
        peer.sin_family = sa_family_t(AF_INET)
        peer.sin_port = port.bigEndian
        peer.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        try Self.call("connect", &peer) { Glibc.connect(descriptor, $0, $1) }
    }

    /// Connects to ::1.
    init(loopback6 port: UInt16) throws {
        descriptor = try Self.socket(AF_INET6)
        var peer = sockaddr_in6()
        peer.sin6_family = sa_family_t(AF_INET6)
        peer.sin6_port = port.bigEndian
        peer.sin6_addr = in6addr_loopback
        try Self.call("connect", &peer) { Glibc.connect(descriptor, $0, $1) }
    }

    private static func socket(_ family: Int32) throws -> Int32 {
        let descriptor = Glibc.socket(family, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw SocketFailed(call: "socket", code: errno) }
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        return descriptor
    }

    private static func call<Address>(
        _ name: String, _ address: inout Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws {
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<Address>.size))
            }
        }
        guard status == 0 else { throw SocketFailed(call: name, code: errno) }
    }

    deinit {
        close()
    }

    /// Sends all of it. False when the server has closed.
    @discardableResult
    func send(_ text: String) -> Bool {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            bytes = bytes.dropFirst(count)
        }
        return true
    }

    /// Reads until `mark` has come and returns everything up to and with it; all there was when the stream ends.
    func receive(until mark: String) -> String {
        let mark = Array(mark.utf8)
        while true {
            if let range = received.firstRange(of: mark) {
                defer { received.removeSubrange(..<range.upperBound) }
                return String(decoding: received[..<range.upperBound], as: UTF8.self)
            }
            guard more() else {
                defer { received = [] }
                return String(decoding: received, as: UTF8.self)
            }
        }
    }

    /// One whole answer with its content.
    func answer() -> String {
        let head = receive(until: "\r\n\r\n")
        guard let length = head.firstMatch(of: /Content-Length: (\d+)/).flatMap({ Int($0.1) }) else { return head }
        while received.count < length, more() {}
        let content = received.prefix(length)
        received.removeFirst(content.count)
        return head + String(decoding: content, as: UTF8.self)
    }

    /// Everything until the server closes, or nil when it has not closed after twenty seconds.
    func remainder() -> String? {
        while more() {}
        defer { received = [] }
        return errno == EAGAIN ? nil : String(decoding: received, as: UTF8.self)
    }

    /// How many bytes come until the server closes; they are not kept.
    func countRemainder() -> Int {
        var count = received.count
        received = []
        while more() {
            count += received.count
            received = []
        }
        return count
    }

    var isOpen: Bool { descriptor >= 0 }

    /// Takes what has arrived, without waiting for more.
    func readWhatIsThere() {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT)) > 0 {}
    }

    /// Whether the server has closed its side or answered; does not wait.
    var hasEnded: Bool {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) >= 0
    }

    private func more() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        errno = 0
        let count = recv(descriptor, &buffer, buffer.count, 0)
        received += buffer.prefix(max(0, count))
        return count > 0
    }

    /// Ends the sending side; answers can still be read.
    func endSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Ends the connection by RST.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    func close() {
        guard descriptor >= 0 else { return }
        Glibc.close(descriptor)
        descriptor = -1
    }
}

extension String {
    /// The value of the first field of that name in an answer.
    func field(_ name: String) -> String? {
        split(separator: "\r\n").first { $0.hasPrefix("\(name): ") }.map { String($0.dropFirst(name.count + 2)) }
    }

    /// What follows the head.
    var content: Substring {
        firstRange(of: "\r\n\r\n").map { self[$0.upperBound...] } ?? ""
    }
}
