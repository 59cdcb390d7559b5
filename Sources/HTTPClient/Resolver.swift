internal import CLinux
internal import Glibc
internal import HTTP

/// A name without an address.
struct ResolutionFailed: Error {
    let reason: String
}

/// Names to addresses, by the system's resolver. Blocks: on a lane only.
enum Resolver {
    /// A name with more addresses than this is somebody's joke.
    private static let most = 16

    static func addresses(of name: String) throws(ResolutionFailed) -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(name, nil, &hints, &found)
        guard status == 0 else {
            throw ResolutionFailed(reason: gai_strerror(status).map { String(cString: $0) } ?? "error \(status)")
        }
        defer { freeaddrinfo(found) }
        var addresses: [IPAddress] = []
        var next = found
        while let entry = next?.pointee, addresses.count < most {
            if let address = SocketAddress.address(entry.ai_addr, length: entry.ai_addrlen) {
                addresses.append(address)
            }
            next = entry.ai_next
        }
        guard !addresses.isEmpty else { throw ResolutionFailed(reason: "no address of IPv4 or IPv6") }
        return addresses
    }
}
