import TLS

/// Two connections joined without a socket: what one sends, the other receives.
struct Wire {
    let client: TLSConnection
    let server: TLSConnection

    init(_ client: TLSConnection, _ server: TLSConnection) {
        self.client = client
        self.server = server
    }

    /// Carries bytes both ways until nobody has anything to say. A side's error is returned once its alert is carried.
    func settle(pieces: Int = .max) -> (client: TLSError?, server: TLSError?) {
        var clientError: TLSError?
        var serverError: TLSError?
        while true {
            let toServer = Self.output(of: client)
            let toClient = Self.output(of: server)
            if toServer.isEmpty, toClient.isEmpty { return (clientError, serverError) }
            serverError = serverError ?? Self.deliver(toServer, to: server, pieces: pieces)
            clientError = clientError ?? Self.deliver(toClient, to: client, pieces: pieces)
        }
    }

    static func output(of connection: TLSConnection) -> [UInt8] {
        var bytes: [UInt8] = []
        connection.takeOutput(into: &bytes)
        return bytes
    }

    static func deliver(_ bytes: [UInt8], to connection: TLSConnection, pieces: Int = .max) -> TLSError? {
        var position = 0
        while position < bytes.count {
            let piece = bytes.span.extracting(position..<position + min(pieces, bytes.count - position))
            position += piece.count
            do {
                try connection.receive(piece)
            } catch {
                return error
            }
        }
        return nil
    }

    static func send(_ text: String, by connection: TLSConnection) throws(TLSError) {
        try connection.write(Array(text.utf8).span)
    }

    static func received(by connection: TLSConnection) throws -> String {
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1000)
        while true {
            let count = try buffer.withUnsafeMutableBytes { try connection.read(into: $0) }
            guard count > 0 else { return String(decoding: text, as: UTF8.self) }
            text += buffer.prefix(count)
        }
    }
}
