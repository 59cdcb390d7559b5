import EventLoop
import Foundation
import HTTP
import HTTPServer
import Shop

@main
struct Main {
    static func main() async throws {
        let environment = ProcessInfo.processInfo.environment
        let issuer = environment["ISSUER"] ?? "http://127.0.0.1:9092"
        let listen =
            ListenAddress(environment["LISTEN"] ?? "127.0.0.1:9092") ?? ListenAddress(host: "127.0.0.1", port: 9092)
        let directory = URL(filePath: environment["DATA"] ?? ".shop")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)

        Signals.ignoreBrokenPipes()
        let loops = try LoopGroup(name: "shop", count: 1)
        let shop = try await Shop(issuer: issuer, in: directory, on: loops.first)
        try await shop.stock(
            customer: "anna", password: "correct horse battery", redirectURI: "http://127.0.0.1/callback")
        var configuration = ServerConfiguration()
        configuration.limits = RequestLimits(contentBytes: { shop.bodyLimit($0, $1) })
        let server = try await Server(
            listeningOn: listen, loops: loops, configuration: configuration,
            renderRefusal: { shop.refusal($0, $1, $2) }, makeHandler: { _ in { await shop.respond(to: $0) } })
        FileHandle.standardError.write(Data("\(issuer)/login: anna, correct horse battery\n".utf8))

        let (signals, arrived) = AsyncStream<Int32>.makeStream()
        try await Signals.deliver([SIGTERM, SIGINT], on: loops.first) { arrived.yield($0) }
        for await _ in signals { break }
        await server.stop()
        await shop.close()
        await loops.stop()
    }
}
