internal import EventLoop
internal import HTTP
internal import TLS

/// One connection for one exchange, with TLS where the URL says https. Confined to its loop.
final class OutboundConnection {
    private static let bytesPerRecord = 16_384

    private let url: OutboundURL
    private let socket: OutboundSocket
    private let tls: TLSConnection?

    private init(_ socket: OutboundSocket, tls: TLSConnection?, of url: OutboundURL) {
        self.socket = socket
        self.tls = tls
        self.url = url
    }

    /// Connects to the first of these addresses that answers, and shakes hands.
    static func open(
        to addresses: [IPAddress], of url: OutboundURL, trust: TLSClientContext, patience: Patience, on loop: Loop
    ) async throws(FetchError) -> OutboundConnection {
        let socket = try await firstSocket(to: addresses, port: url.port, patience, on: loop)
        do {
            var tls: TLSConnection?
            if url.scheme == .https { tls = try Self.tls(trust, to: url.hostText) }
            let connection = OutboundConnection(socket, tls: tls, of: url)
            try await connection.shakeHands()
            return connection
        } catch {
            socket.close()
            throw error
        }
    }

    /// A silent address may take only its share of the time, so that the next gets its turn.
    private static func firstSocket(
        to addresses: [IPAddress], port: UInt16, _ patience: Patience, on loop: Loop
    ) async throws(FetchError) -> OutboundSocket {
        var last = FetchError.unreachable(reason: "there is no address")
        for (index, address) in addresses.enumerated() {
            let share = patience.remaining / (addresses.count - index)
            do {
                return try await .connect(to: address, port: port, taking: share, of: patience, on: loop)
            } catch {
                guard case .unreachable = error else { throw error }
                last = error
            }
        }
        throw last
    }

    private static func tls(_ trust: TLSClientContext, to host: String) throws(FetchError) -> TLSConnection {
        do {
            return try TLSConnection(connecting: trust, to: host)
        } catch {
            throw .tls(error)
        }
    }

    private func shakeHands() async throws(FetchError) {
        guard let tls else { return }
        while tls.phase == .handshake {
            _ = try await sendOutput(of: tls)
            let bytes = try await socket.receive()
            guard !bytes.isEmpty else { throw .tls(.truncated) }
            do {
                try tls.receive(bytes.span)
            } catch {
                _ = try await sendOutput(of: tls)
                throw .tls(error)
            }
        }
        _ = try await sendOutput(of: tls)
    }

    /// Writes the request. A peer that stops reading it may have answered already, so that is no error here.
    func send(_ request: OutboundRequest) async throws(FetchError) {
        guard
            let bytes = RequestWriter.bytes(
                request.method, target: url.target, host: url.authorityText, headers: request.headers,
                body: request.body)
        else { throw .refused(.malformed(.target)) }
        guard let tls else {
            _ = try await socket.send(bytes)
            return
        }
        do {
            try tls.write(bytes.span)
        } catch {
            throw .tls(error)
        }
        _ = try await sendOutput(of: tls)
    }

    /// Reads the answer.
    func answer(to method: Method, limits: ResponseLimits) async throws(FetchError) -> Response {
        var reader = ResponseReader(answering: method, limits: limits)
        while true {
            let bytes = try await socket.receive()
            if let response = try bytes.isEmpty ? end(of: &reader) : take(bytes, by: &reader) { return response }
        }
    }

    func close() {
        socket.close()
    }

    private func take(_ bytes: [UInt8], by reader: inout ResponseReader) throws(FetchError) -> Response? {
        guard let tls else { return try read(bytes, by: &reader) }
        do {
            try tls.receive(bytes.span)
        } catch {
            throw .tls(error)
        }
        while true {
            let plaintext = try decrypt(tls)
            if !plaintext.isEmpty, let response = try read(plaintext, by: &reader) { return response }
            if tls.peerHasClosed { return try end(of: &reader) }
            if plaintext.isEmpty { return nil }
        }
    }

    private func decrypt(_ tls: TLSConnection) throws(FetchError) -> [UInt8] {
        var plaintext = [UInt8](repeating: 0, count: Self.bytesPerRecord)
        do {
            let count = try plaintext.withUnsafeMutableBytes { try tls.read(into: $0) }
            plaintext.removeLast(plaintext.count - count)
            return plaintext
        } catch {
            throw .tls(error as? TLSError ?? .failed(reason: "\(error)"))
        }
    }

    private func read(_ bytes: [UInt8], by reader: inout ResponseReader) throws(FetchError) -> Response? {
        do {
            return try reader.receive(bytes)
        } catch {
            throw error.isTooLarge ? .tooLarge : .malformedAnswer(reason: error.description)
        }
    }

    /// The peer will send no more. Under TLS that counts only when it has said so (RFC 8446 §6.1): an answer that ends
    /// with its connection may have been cut short by somebody else.
    private func end(of reader: inout ResponseReader) throws(FetchError) -> Response {
        do {
            try tls?.receiveEnd()
        } catch {
            throw .tls(error)
        }
        do {
            if let response = try reader.end() { return response }
        } catch {
            throw .malformedAnswer(reason: error.description)
        }
        throw .malformedAnswer(reason: "the connection ended twice")
    }

    private func sendOutput(of tls: TLSConnection) async throws(FetchError) -> Bool {
        var bytes: [UInt8] = []
        tls.takeOutput(into: &bytes)
        return try await socket.send(bytes)
    }
}
