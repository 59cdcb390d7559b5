internal import CLinux
internal import Glibc
internal import HTTP

/// A socket that listens; owned by whoever holds it until ``close()``. A server takes it over.
///
/// From here on the kernel accepts connections; they wait until a server serves them.
public struct ListeningSocket: Sendable {
    let descriptor: Int32
    /// The port, chosen by the system where 0 was asked for.
    public let port: UInt16

    enum Accepted {
        case connection(Int32, peer: IPAddress)
        case none
        case noDescriptors
        /// The connection was gone before it was taken; there may be another.
        case gone
    }

    /// Resolves, binds, listens. Blocks while a name is resolved: at the start only.
    /// - Throws: `ListenError`.
    public init(_ address: ListenAddress) throws(ListenError) {
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(address.host, "\(address.port)", &hints, &found)
        guard status == 0, let first = found?.pointee else {
            throw .unresolvable(address, reason: gai_strerror(status).map { String(cString: $0) } ?? "no address")
        }
        defer { freeaddrinfo(found) }
        let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        descriptor = socket(first.ai_family, flags, 0)
        guard descriptor >= 0 else { throw .refused(address, reason: Self.lastError()) }
        // A restarted server takes its port back at once. Not SO_REUSEPORT: a second process must not share it.
        Self.set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        if first.ai_family == AF_INET6 {
            // [::] serves IPv4 too, whatever the machine's default is.
            Self.set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 0)
        }
        guard bind(descriptor, first.ai_addr, first.ai_addrlen) == 0, listen(descriptor, SOMAXCONN) == 0 else {
            let reason = Self.lastError()
            Glibc.close(descriptor)
            throw .refused(address, reason: reason)
        }
        port = Self.boundPort(of: descriptor) ?? address.port
    }

    func accept() -> Accepted {
        var storage = sockaddr_storage()
        var length = SocketAddress.storageSize
        let connection = SocketAddress.withPointer(to: &storage) { linux_accept(descriptor, $0, &length) }
        guard connection >= 0 else {
            switch errno {
            case EAGAIN: return .none
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .noDescriptors
            default: return .gone
            }
        }
        guard let peer = SocketAddress.parse(&storage) else {
            Glibc.close(connection)
            return .gone
        }
        // Answers are written whole: waiting for more to send (Nagle) only adds delay.
        Self.set(connection, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        return .connection(connection, peer: peer.address)
    }

    /// Gives the port back.
    public func close() {
        Glibc.close(descriptor)
    }

    private static func boundPort(of descriptor: Int32) -> UInt16? {
        var storage = sockaddr_storage()
        var length = SocketAddress.storageSize
        guard SocketAddress.withPointer(to: &storage, { getsockname(descriptor, $0, &length) }) == 0 else { return nil }
        return SocketAddress.parse(&storage)?.port
    }

    private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func lastError() -> String {
        strerror(errno).map { String(cString: $0) } ?? "error \(errno)"
    }
}
