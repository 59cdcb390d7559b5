import EventLoop
import HTTP
import HTTPServer
import Synchronization

/// An endpoint on loopback that remembers what it was sent and answers as the test wants.
final class Receiver: Sendable {
    typealias Answer = @Sendable (Int, Request) -> Response

    private let received = Mutex<[Request]>([])
    private let answer: Answer
    private let loops: LoopGroup

    var requests: [Request] { received.withLock { $0 } }

    private init(_ answer: @escaping Answer) throws {
        self.answer = answer
        loops = try LoopGroup(name: "receiver", count: 1)
    }

    /// Serves until the end of `body`. `answer` is given the number of the request, from 0, and the request.
    static func run(
        port: UInt16 = 0, answering answer: @escaping Answer = { _, _ in Response(status: .noContent) },
        _ body: (Receiver, UInt16) async throws -> Void
    ) async throws {
        let receiver = try Receiver(answer)
        let server = try await Server(
            listeningOn: ListenAddress(host: "127.0.0.1", port: port), loops: receiver.loops,
            renderRefusal: { status, _, _ in Response(status: status) },
            makeHandler: { _ in { request in receiver.take(request) } })
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(receiver, server.port))
        } catch {
            outcome = .failure(error)
        }
        await server.stop(within: .seconds(1))
        await receiver.loops.stop()
        try outcome.get()
    }

    private func take(_ request: Request) -> Response {
        let number = received.withLock { requests in
            requests.append(request)
            return requests.count - 1
        }
        return answer(number, request)
    }
}
