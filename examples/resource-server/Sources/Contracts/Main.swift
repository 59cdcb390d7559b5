import EventLoop
import Foundation
import HTTP
import HTTPServer
import ResourceServer

@main
struct Main {
    static func main() async throws {
        let settings = try Settings(ProcessInfo.processInfo.environment)
        let verifier = try AccessTokenVerifier(
            issuer: settings.issuer, audience: settings.audience, introspection: settings.introspection,
            notice: { log("\($0)") })
        let service = Service(verifier: verifier)

        Signals.ignoreBrokenPipes()
        let loops = try LoopGroup()
        let server = try await Server(
            listeningOn: settings.listen, loops: loops,
            renderRefusal: { status, reason, _ in Response(status: status, body: Array(reason.utf8)) },
            makeHandler: { _ in { await service.respond(to: $0) } })
        log("\(settings.audience)/resource, for tokens of \(settings.issuer), listening on port \(server.port)")

        let (signals, arrived) = AsyncStream<Int32>.makeStream()
        try await Signals.deliver([SIGTERM, SIGINT], on: loops.first) { arrived.yield($0) }
        for await _ in signals { break }
        await server.stop()
        await loops.stop()
    }

    private static func log(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}
