internal import Glibc
internal import HTTP

/// Socket addresses of the kernel as values of ours.
enum SocketAddress {
    /// Address and port, or nil for a family other than IPv4 and IPv6.
    static func parse(_ storage: inout sockaddr_storage) -> (address: IPAddress, port: UInt16)? {
        withUnsafeBytes(of: &storage) { raw in
            switch Int32(storageFamily(raw)) {
            case AF_INET:
                let socket = raw.loadUnaligned(as: sockaddr_in.self)
                return (IPAddress(v4: UInt32(bigEndian: socket.sin_addr.s_addr)), UInt16(bigEndian: socket.sin_port))
            case AF_INET6:
                let socket = raw.loadUnaligned(as: sockaddr_in6.self)
                let bytes = withUnsafeBytes(of: socket.sin6_addr) { Array($0) }
                return IPAddress(bytes: bytes).map { ($0, UInt16(bigEndian: socket.sin6_port)) }
            default: return nil
            }
        }
    }

    private static func storageFamily(_ raw: UnsafeRawBufferPointer) -> sa_family_t {
        raw.loadUnaligned(as: sa_family_t.self)
    }

    /// Calls `body` with the storage as the kernel wants it.
    static func withPointer<T>(
        to storage: inout sockaddr_storage, _ body: (UnsafeMutablePointer<sockaddr>) -> T
    ) -> T {
        withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0) }
        }
    }

    static var storageSize: socklen_t { socklen_t(MemoryLayout<sockaddr_storage>.size) }
}
