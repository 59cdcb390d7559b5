internal import COpenSSL

/// One TLS connection as a codec: ciphertext in, plaintext and ciphertext out. It knows no socket.
///
/// The caller hands over what it received (``receive(_:)``), takes the plaintext (``read(into:)``) until there is none,
/// and sends what ``takeOutput(into:)`` yields after every call, failures included: an alert may wait there.
/// Not `Sendable`: it belongs to the loop of its connection.
public final class TLSConnection {
    /// How far the connection has come.
    public enum Phase: Sendable, Equatable {
        /// Keys are being agreed upon.
        case handshake
        /// Plaintext may travel.
        case open
        /// This side has sent `close_notify`.
        case closed
        /// An error ended the connection; only the alert may still be sent.
        case failed
    }

    /// How far the connection has come.
    public private(set) var phase = Phase.handshake
    /// Whether the peer has sent `close_notify`: nothing will be read any more (RFC 8446 §6.1).
    public private(set) var peerHasClosed = false
    private let session: OpaquePointer
    /// What arrived and OpenSSL has not yet read, and what it wrote and nobody has sent. Both belong to `session`.
    private let inbound: OpaquePointer
    private let outbound: OpaquePointer

    /// The server's side; waits for the client to speak.
    public init(accepting context: TLSServerContext) throws(TLSError) {
        (session, inbound, outbound) = try Self.open(context.owner)
        SSL_set_accept_state(session)
    }

    /// The client's side, which will accept only a certificate for `host` (a name or an IP literal without brackets).
    /// The first flight is ready in ``takeOutput(into:)``.
    public init(connecting context: TLSClientContext, to host: String) throws(TLSError) {
        (session, inbound, outbound) = try Self.open(context.owner)
        SSL_set_connect_state(session)
        try PeerName.require(host, of: session)
        try shakeHands()
    }

    deinit {
        SSL_free(session)
    }

    private static func open(_ context: ContextOwner) throws(TLSError) -> (OpaquePointer, OpaquePointer, OpaquePointer)
    {
        ErrorQueue.clear()
        guard let session = SSL_new(context.pointer) else { throw .failed(reason: ErrorQueue.drainedReason()) }
        guard let inbound = BIO_new(BIO_s_mem()), let outbound = BIO_new(BIO_s_mem()) else {
            SSL_free(session)
            throw .failed(reason: ErrorQueue.drainedReason())
        }
        SSL_set_bio(session, inbound, outbound)
        return (session, inbound, outbound)
    }

    /// Takes bytes from the transport. Throws where they end the handshake; later faults show in ``read(into:)``.
    public func receive(_ ciphertext: Span<UInt8>) throws(TLSError) {
        guard phase != .failed, !ciphertext.isEmpty else { return }
        var taken = 0
        let result = ciphertext.withUnsafeBufferPointer { BIO_write_ex(inbound, $0.baseAddress, $0.count, &taken) }
        guard result == 1, taken == ciphertext.count else { throw fail(.failed(reason: ErrorQueue.drainedReason())) }
        if phase == .handshake { try shakeHands() }
    }

    /// The transport has ended. Throws ``TLSError/truncated`` when the peer had not said so by `close_notify`.
    public func receiveEnd() throws(TLSError) {
        guard phase != .failed, !peerHasClosed else { return }
        throw fail(.truncated)
    }

    /// Decrypts into `buffer` (initialised memory) and returns how many bytes; 0 when more ciphertext is needed or the peer has closed.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(TLSError) -> Int {
        guard phase == .open || phase == .closed, !peerHasClosed else { return 0 }
        ErrorQueue.clear()
        var count = 0
        let result = SSL_read_ex(session, buffer.baseAddress, buffer.count, &count)
        if result == 1 { return count }
        switch SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return 0
        case SSL_ERROR_ZERO_RETURN:
            peerHasClosed = true
            return 0
        default: throw fail(FailureReason.current(of: session))
        }
    }

    /// Encrypts all of `plaintext`.
    public func write(_ plaintext: Span<UInt8>) throws(TLSError) {
        guard phase == .open else { throw .notOpen }
        guard !plaintext.isEmpty else { return }
        ErrorQueue.clear()
        var count = 0
        let result = plaintext.withUnsafeBufferPointer { SSL_write_ex(session, $0.baseAddress, $0.count, &count) }
        guard result == 1, count == plaintext.count else { throw fail(FailureReason.current(of: session)) }
    }

    /// Says `close_notify`; what the peer still sends can be read.
    public func close() {
        guard phase == .open else { return }
        ErrorQueue.clear()
        _ = SSL_shutdown(session)
        ErrorQueue.clear()
        phase = .closed
    }

    /// Appends everything that waits to be sent.
    public func takeOutput(into bytes: inout [UInt8]) {
        let waiting = BIO_ctrl_pending(outbound)
        guard waiting > 0 else { return }
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: waiting))
        var taken = 0
        bytes.withUnsafeMutableBytes { buffer in
            _ = BIO_read_ex(outbound, buffer.baseAddress.map { $0 + start }, waiting, &taken)
        }
        bytes.removeLast(waiting - taken)
    }

    /// The agreed version and cipher suite, for the log.
    public var agreement: String? {
        guard phase == .open || phase == .closed, let version = SSL_get_version(session),
            let cipher = SSL_CIPHER_get_name(SSL_get_current_cipher(session))
        else { return nil }
        return "\(String(cString: version)) \(String(cString: cipher))"
    }

    private func shakeHands() throws(TLSError) {
        ErrorQueue.clear()
        let result = SSL_do_handshake(session)
        if result == 1 {
            phase = .open
            return
        }
        switch SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return
        default: throw fail(FailureReason.current(of: session))
        }
    }

    private func fail(_ error: TLSError) -> TLSError {
        phase = .failed
        ErrorQueue.clear()
        return error
    }
}
