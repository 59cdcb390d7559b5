internal import Glibc
internal import HTTP

/// Between our addresses and the kernel's.
enum SocketAddress {
    static func address(_ pointer: UnsafePointer<sockaddr>?, length: socklen_t) -> IPAddress? {
        guard let pointer else { return nil }
        let raw = UnsafeRawPointer(pointer)
        switch Int32(pointer.pointee.sa_family) {
        case AF_INET:
            return IPAddress(v4: UInt32(bigEndian: raw.loadUnaligned(as: sockaddr_in.self).sin_addr.s_addr))
        case AF_INET6:
            let socket = raw.loadUnaligned(as: sockaddr_in6.self)
            return withUnsafeBytes(of: socket.sin6_addr) { IPAddress(bytes: $0) }
        default: return nil
        }
    }

    static func family(of address: IPAddress) -> Int32 {
        address.isV4 ? AF_INET : AF_INET6
    }

    /// Calls `body` with the socket address of `address` and `port`.
    static func with<T>(_ address: IPAddress, port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> T) -> T {
        if address.isV4 {
            var socket = sockaddr_in()
            socket.sin_family = sa_family_t(AF_INET)
            socket.sin_port = port.bigEndian
            withUnsafeMutableBytes(of: &socket.sin_addr) { $0.copyBytes(from: address.bytes) }
            return rebound(&socket, body)
        }
        var socket = sockaddr_in6()
        socket.sin6_family = sa_family_t(AF_INET6)
        socket.sin6_port = port.bigEndian
        withUnsafeMutableBytes(of: &socket.sin6_addr) { $0.copyBytes(from: address.bytes) }
        return rebound(&socket, body)
    }

    private static func rebound<Socket, T>(
        _ socket: inout Socket, _ body: (UnsafePointer<sockaddr>, socklen_t) -> T
    ) -> T {
        withUnsafePointer(to: &socket) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<Socket>.size))
            }
        }
    }
}
