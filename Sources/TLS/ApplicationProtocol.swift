internal import COpenSSL

/// ALPN (RFC 7301): one protocol is spoken here, `http/1.1`.
enum ApplicationProtocol {
    /// The protocol name behind its length octet, as it travels in the extension.
    private static let wire: [UInt8] = [8] + Array("http/1.1".utf8)

    /// A client that offers protocols must offer ours, or the handshake ends with `no_application_protocol` (§3.2).
    /// A client without the extension is not asked.
    static let select: SSL_CTX_alpn_select_cb_func = { _, selected, selectedLength, offered, offeredLength, _ in
        guard let selected, let selectedLength, let offered else { return SSL_TLSEXT_ERR_ALERT_FATAL }
        let total = Int(offeredLength)
        var position = 0
        while position < total {
            let length = Int(offered[position])
            guard position + 1 + length <= total else { break }
            let name = UnsafeBufferPointer(start: offered + position + 1, count: length)
            if name.elementsEqual(wire.dropFirst()) {
                // Points into the client's own list, which lives as long as OpenSSL needs the answer.
                selected.pointee = offered + position + 1
                selectedLength.pointee = UInt8(length)
                return SSL_TLSEXT_ERR_OK
            }
            position += 1 + length
        }
        return SSL_TLSEXT_ERR_ALERT_FATAL
    }

    /// Makes a client context offer the protocol. Unlike its neighbours this call answers 0 for success.
    static func offer(by context: OpaquePointer) -> Bool {
        SSL_CTX_set_alpn_protos(context, wire, UInt32(wire.count)) == 0
    }
}
