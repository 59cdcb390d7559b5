/// The buffers that all connections of a loop use in turn: nothing stays in them between two calls.
final class LoopBuffers {
    /// What one read may bring. Below the bytes that a reader keeps behind a request (64 KiB) by more than one TLS
    /// record, so that an honest pipeline is never too much for it.
    private static let size = 32_768

    /// What came from the socket.
    let incoming = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: size)
    /// What TLS made of it.
    let decrypted = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: size)
    /// An answer on its way to the socket, and what TLS made of it.
    var outgoing: [UInt8] = []
    var encrypted: [UInt8] = []

    init() {
        incoming.initialize(repeating: 0)
        decrypted.initialize(repeating: 0)
    }

    deinit {
        incoming.deallocate()
        decrypted.deallocate()
    }
}
