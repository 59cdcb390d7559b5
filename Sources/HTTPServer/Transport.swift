internal import Glibc
internal import TLS

/// The bytes of one connection: a socket that does not block, with TLS or without. It owns the descriptor.
final class Transport {
    /// What a look at the socket brought.
    enum Arrival: Equatable {
        /// Perhaps bytes; the socket will tell when there are more.
        case fine
        /// The peer will send no more.
        case end
        /// The socket is broken.
        case broken
        /// TLS is broken; an alert may have been sent.
        case failed(TLSError)
    }

    let descriptor: Int32
    private var tls: TLSConnection?
    /// What the socket would not take, encrypted already, from `sentCount` on.
    private var unsent: [UInt8] = []
    private var sentCount = 0

    init(_ descriptor: Int32, tls: TLSConnection?) {
        self.descriptor = descriptor
        self.tls = tls
    }

    var hasUnsent: Bool { sentCount < unsent.count }
    var isSecure: Bool { tls != nil }
    /// Whether TLS is still agreeing on keys.
    var isShakingHands: Bool { tls?.phase == .handshake }

    /// Reads once and delivers the plaintext in pieces, until the deliverer answers false.
    func receive(_ buffers: LoopBuffers, deliver: (Span<UInt8>) -> Bool) -> Arrival {
        let count = recv(descriptor, buffers.incoming.baseAddress, buffers.incoming.count, 0)
        guard count > 0 else {
            if count < 0, errno == EAGAIN || errno == EINTR { return .fine }
            return count == 0 ? .end : .broken
        }
        let bytes = UnsafeBufferPointer(rebasing: buffers.incoming[..<count])
        guard let tls else {
            _ = deliver(bytes.span)
            return .fine
        }
        do throws(TLSError) {
            try tls.receive(bytes.span)
            while true {
                let count = try tls.read(into: UnsafeMutableRawBufferPointer(buffers.decrypted))
                guard count > 0 else { break }
                guard deliver(UnsafeBufferPointer(rebasing: buffers.decrypted[..<count]).span) else { return .fine }
            }
        } catch {
            _ = sendOutput(of: tls, buffers)
            return .failed(error)
        }
        guard sendOutput(of: tls, buffers) else { return .broken }
        return tls.peerHasClosed ? .end : .fine
    }

    /// Reads and forgets up to one buffer; nil at the end of the stream or when it is broken.
    func discard(_ buffers: LoopBuffers) -> Int? {
        let count = recv(descriptor, buffers.incoming.baseAddress, buffers.incoming.count, 0)
        if count < 0, errno == EAGAIN || errno == EINTR { return 0 }
        return count > 0 ? count : nil
    }

    /// Sends what the socket takes and keeps the rest. False when the connection is broken.
    func send(_ plaintext: Span<UInt8>, _ buffers: LoopBuffers) -> Bool {
        guard let tls else { return sendRaw(plaintext) }
        do {
            try tls.write(plaintext)
        } catch {
            return false
        }
        return sendOutput(of: tls, buffers)
    }

    /// Sends what was kept. False when the connection is broken.
    func flush() -> Bool {
        guard let taken = sendOnce(unsent.span.extracting(sentCount..<unsent.count)) else { return false }
        sentCount += taken
        if sentCount == unsent.count {
            unsent = []
            sentCount = 0
        }
        return true
    }

    /// From here on speaks in the clear, to a client that never spoke TLS.
    func dropTLS() {
        tls = nil
    }

    /// Says that no more will be sent: `close_notify`, then the end of the stream.
    func endSending(_ buffers: LoopBuffers) {
        if let tls {
            tls.close()
            _ = sendOutput(of: tls, buffers)
        }
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Closes the socket, with `close_notify` where TLS is open and the socket takes it.
    func close(_ buffers: LoopBuffers) {
        if let tls, !hasUnsent {
            tls.close()
            _ = sendOutput(of: tls, buffers)
        }
        Glibc.close(descriptor)
    }

    private func sendOutput(of tls: TLSConnection, _ buffers: LoopBuffers) -> Bool {
        buffers.encrypted.removeAll(keepingCapacity: true)
        tls.takeOutput(into: &buffers.encrypted)
        let ciphertext = buffers.encrypted
        return ciphertext.isEmpty || sendRaw(ciphertext.span)
    }

    private func sendRaw(_ bytes: Span<UInt8>) -> Bool {
        var taken = 0
        if !hasUnsent {
            guard let count = sendOnce(bytes) else { return false }
            taken = count
        }
        if taken < bytes.count {
            bytes.extracting(taken..<bytes.count).withUnsafeBufferPointer { unsent.append(contentsOf: $0) }
        }
        return true
    }

    /// How many bytes the socket took; nil when it is broken.
    private func sendOnce(_ bytes: Span<UInt8>) -> Int? {
        bytes.withUnsafeBufferPointer { buffer in
            let count = Glibc.send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
            if count >= 0 { return count }
            return errno == EAGAIN || errno == EINTR ? 0 : nil
        }
    }
}
