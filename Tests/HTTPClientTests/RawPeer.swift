import EventLoop
import Glibc
import TLS

/// A peer that answers one connection with exactly the bytes it is told, whether they are HTTP or not.
final class RawPeer: Sendable {
    /// The kernel refused what the test needs.
    struct SocketFailed: Error {
        let call: String
    }

    let port: UInt16
    private let listener: Int32

    init() throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) | listen(descriptor, 8) | getsockname(descriptor, $0, &length)
            }
        }
        guard status == 0 else { throw SocketFailed(call: "bind") }
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit {
        close(listener)
    }

    /// Waits for a connection and some bytes of a request, answers, and closes; under TLS without `close_notify`.
    /// Blocks: on a lane.
    func answer(_ text: String, as identity: TLSServerContext? = nil) {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        defer { close(connection) }
        var bytes = Array(text.utf8)
        if let identity {
            guard let tls = try? TLSConnection(accepting: identity), shakeHands(tls, over: connection),
                (try? tls.write(bytes.span)) != nil
            else { return }
            bytes = []
            tls.takeOutput(into: &bytes)
        } else {
            _ = receive(from: connection)
        }
        _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        // The peer's bytes are taken, so that closing does not reset the connection over them.
        shutdown(connection, Int32(SHUT_WR))
        while !receive(from: connection).isEmpty {}
    }

    /// Shakes hands and reads the request.
    private func shakeHands(_ tls: TLSConnection, over connection: Int32) -> Bool {
        var request = [UInt8](repeating: 0, count: 4096)
        while true {
            let bytes = receive(from: connection)
            guard !bytes.isEmpty, (try? tls.receive(bytes.span)) != nil else { return false }
            var output: [UInt8] = []
            tls.takeOutput(into: &output)
            _ = send(connection, output, output.count, Int32(MSG_NOSIGNAL))
            let count = (try? request.withUnsafeMutableBytes { try tls.read(into: $0) }) ?? 0
            if count > 0 { return true }
        }
    }

    private func receive(from connection: Int32) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(connection, &buffer, buffer.count, 0)
        return Array(buffer.prefix(max(0, count)))
    }
}
