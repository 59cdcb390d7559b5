import Foundation
import TLS

/// A client of our own TLS over a socket that blocks.
final class TLSPeer {
    private let authorities: String
    private var descriptor: Int32 = -1
    private var tls: TLSConnection?

    init(trusting authorities: String) {
        self.authorities = authorities
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    func connect(to port: UInt16, as host: String) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var peer = sockaddr_in()
        peer.sin_family = sa_family_t(AF_INET)
        peer.sin_port = port.bigEndian
        peer.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &peer) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw TestClient.SocketFailed(call: "connect", code: errno) }
        let context = try TLSClientContext(additionalAuthorities: authorities, trustingSystem: false)
        let tls = try TLSConnection(connecting: context, to: host)
        self.tls = tls
        while tls.phase == .handshake {
            sendOutput()
            guard try receive() else { throw TLSError.truncated }
        }
        sendOutput()
    }

    /// Sends a request and returns what has come once an answer's head and some content are there.
    func ask(_ request: String) throws -> String {
        guard let tls else { throw TLSError.notOpen }
        try tls.write(Array(request.utf8).span)
        sendOutput()
        var text = ""
        while !text.contains("\r\n\r\nGET ") {
            guard try receive() else { return text }
            text += try plaintext(tls)
        }
        return text
    }

    /// Whether the server says `close_notify` before it closes.
    func endsCleanly() throws -> Bool {
        guard let tls else { return false }
        while !tls.peerHasClosed {
            guard try receive() else { return false }
            _ = try plaintext(tls)
        }
        return true
    }

    private func plaintext(_ tls: TLSConnection) throws -> String {
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = try buffer.withUnsafeMutableBytes { try tls.read(into: $0) }
            guard count > 0 else { return text }
            text += String(decoding: buffer.prefix(count), as: UTF8.self)
        }
    }

    private func receive() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        try tls?.receive(Array(buffer.prefix(count)).span)
        return true
    }

    private func sendOutput() {
        var bytes: [UInt8] = []
        tls?.takeOutput(into: &bytes)
        _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
}
