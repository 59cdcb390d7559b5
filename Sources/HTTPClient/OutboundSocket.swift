internal import CLinux
internal import EventLoop
internal import Glibc
internal import HTTP

/// A socket of an exchange: it does not block, its caller waits with ``Patience``. Confined to its loop.
final class OutboundSocket {
    private static let bytesPerRead = 16_384

    private let descriptor: Int32
    private let patience: Patience
    private var watch: Watch?
    private var isReady = false

    private init(_ descriptor: Int32, _ patience: Patience, on loop: Loop) throws(FetchError) {
        self.descriptor = descriptor
        self.patience = patience
        do {
            watch = try loop.watch(descriptor, for: .write) { [unowned self] _ in
                isReady = true
                patience.wake()
            }
        } catch {
            Glibc.close(descriptor)
            throw .unreachable(reason: "the socket cannot be watched")
        }
    }

    /// Connects to exactly this address.
    /// - Throws: `.unreachable` when it refuses or takes longer than `share` of the time; another may be tried then.
    static func connect(
        to address: IPAddress, port: UInt16, taking share: Duration, of patience: Patience, on loop: Loop
    ) async throws(FetchError) -> OutboundSocket {
        let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(SocketAddress.family(of: address), flags, 0)
        guard descriptor >= 0 else { throw .unreachable(reason: reason(errno)) }
        let status = SocketAddress.with(address, port: port) { Glibc.connect(descriptor, $0, $1) == 0 ? 0 : errno }
        guard status == 0 || status == EINPROGRESS else {
            Glibc.close(descriptor)
            throw .unreachable(reason: reason(status))
        }
        let socket = try OutboundSocket(descriptor, patience, on: loop)
        do {
            try await socket.becomeConnected(within: share, on: loop)
            return socket
        } catch {
            socket.close()
            throw error
        }
    }

    private func becomeConnected(within share: Duration, on loop: Loop) async throws(FetchError) {
        var isLate = false
        let timer = loop.after(share) { [patience] in
            isLate = true
            patience.wake()
        }
        defer { timer.cancel() }
        while !isReady {
            try await patience.wait()
            if isLate, !isReady { throw .unreachable(reason: Self.reason(ETIMEDOUT)) }
        }
        var status: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &status, &length)
        guard status == 0 else { throw .unreachable(reason: Self.reason(status)) }
    }

    /// Sends all of it. False when the peer takes no more; it may have answered all the same.
    func send(_ bytes: [UInt8]) async throws(FetchError) -> Bool {
        var position = 0
        while position < bytes.count {
            let count = bytes.withUnsafeBufferPointer { buffer in
                let rest = UnsafeBufferPointer(rebasing: buffer[position...])
                return Glibc.send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            }
            if count >= 0 {
                position += count
            } else if errno == EAGAIN {
                try await wait(for: .write)
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }

    /// Reads what there is, waiting for it. Empty at the end of the stream, a reset included.
    func receive() async throws(FetchError) -> [UInt8] {
        while true {
            var code: Int32 = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: Self.bytesPerRead) { buffer, count in
                let result = recv(descriptor, buffer.baseAddress, buffer.count, 0)
                count = max(0, result)
                code = result < 0 ? errno : 0
            }
            guard code == EAGAIN || code == EINTR else { return bytes }
            if code == EAGAIN { try await wait(for: .read) }
        }
    }

    func close() {
        guard let watch else { return }
        self.watch = nil
        watch.cancel()
        Glibc.close(descriptor)
    }

    private func wait(for interest: Interest) async throws(FetchError) {
        isReady = false
        watch?.update(interest)
        while !isReady { try await patience.wait() }
    }

    private static func reason(_ code: Int32) -> String {
        strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }
}
