internal import Assembly
internal import Configuration
internal import EventLoop
internal import Glibc
internal import HTTPServer
internal import JOSE
internal import Provider
internal import TLS

/// What an operator says to a server that runs: SIGTERM and SIGINT to stop, SIGHUP to read certificate and keys anew.
extension Serve {
    /// Signals from now on, kept until somebody asks: caught before the port is open, so that whoever finds the server
    /// there can stop it in good order.
    func signals(on loop: Loop) async throws -> AsyncStream<Int32> {
        let (signals, continuation) = AsyncStream.makeStream(of: Int32.self)
        try await Signals.deliver([SIGTERM, SIGINT, SIGHUP], on: loop) { continuation.yield($0) }
        return signals
    }

    /// Returns at SIGTERM or SIGINT; at SIGHUP certificate and keys are read anew.
    func untilStopped(
        by signals: AsyncStream<Int32>, on loop: Loop, _ server: Server, _ upkeep: Upkeep
    ) async {
        for await signal in signals {
            guard signal == SIGHUP else {
                log.write(.info, "stopping", [("signal", .integer(Int64(signal)))])
                return
            }
            await reload(on: loop, server, upkeep)
        }
    }

    private func reload(on loop: Loop, _ server: Server, _ upkeep: Upkeep) async {
        do {
            if let identity = try certificate() { server.replaceIdentity(identity) }
            try await loop.run { try await upkeep.refresh() }
            log.write(.info, "reloaded certificate and keys")
        } catch {
            log.write(.error, "reloading failed; what was there stays", [("detail", .string(Sentence.about(error)))])
        }
    }

    /// The certificate of native TLS, read anew; nil without one.
    func certificate() throws -> TLSServerContext? {
        guard let files = deployment.certificate else { return nil }
        let identity = try TLSServerContext(certificateFile: files.certificate, keyFile: files.key)
        if identity.certificate.isExpired(at: Int(SystemClock.now.seconds)) {
            log.write(.warning, "the TLS certificate has expired", [("file", .string(files.certificate))])
        }
        return identity
    }
}
