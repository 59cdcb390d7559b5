import EventLoop
import HTTP
import HTTPServer
import Synchronization
import Testing

@Suite("HTTPServer: stopping")
struct DrainTests {
    @Test("idle connections end at once, a request in flight is answered with Connection: close, new ones find no port")
    func drain() async throws {
        let began = Step()
        let mayEnd = Step()
        try await TestServer.run(
            loops: 1,
            handler: { loop, request in
                began.done()
                await mayEnd.wait()
                loop.preconditionCurrent()
                return .describing(request)
            }
        ) { server async throws in
            let idle = try TestClient(port: server.port)
            let busy = try TestClient(port: server.port)
            await server.record.reaches(opened: 2)
            busy.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n")
            await began.wait()
            let stopping = server.loops.first.start { await server.server.stop(within: .seconds(20)) }
            #expect(idle.remainder() == "")
            #expect(throws: TestClient.SocketFailed.self) { try TestClient(port: server.port) }
            mayEnd.done()
            let answer = try #require(busy.remainder())
            #expect(answer.hasPrefix("HTTP/1.1 200 "))
            #expect(answer.field("Connection") == "close")
            #expect(answer.ranges(of: "HTTP/1.1 ").count == 1)
            busy.close()
            await stopping.value
            #expect(server.server.connectionCount == 0)
            #expect(server.record.closed == 2)
        }
    }

    @Test("what the kernel has accepted before the stop is answered", arguments: 0..<20)
    func backlog(round: Int) async throws {
        try await TestServer.run { server async throws in
            let clients = try (0..<8).map { _ in try TestClient(port: server.port) }
            for client in clients { client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n") }
            let stopping = server.loops.first.start { await server.server.stop(within: .seconds(20)) }
            for client in clients {
                let answer = try #require(client.remainder())
                #expect(answer.hasPrefix("HTTP/1.1 200 "))
                client.close()
            }
            await stopping.value
        }
    }

    @Test("when patience is over what is left is cut off and cancelled")
    func patience() async throws {
        let wasCancelled = Mutex(false)
        let began = Step()
        let ended = Step()
        try await TestServer.run(handler: { loop, _ in
            began.done()
            do {
                try await loop.sleep(for: .seconds(60))
            } catch {
                wasCancelled.withLock { $0 = true }
            }
            ended.done()
            return Response(status: .ok)
        }) { server async throws in
            let client = try TestClient(port: server.port)
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            await began.wait()
            await server.server.stop(within: .milliseconds(100))
            #expect(client.remainder() == "")
            await ended.wait()
            #expect(wasCancelled.withLock { $0 })
            #expect(server.server.connectionCount == 0)
        }
    }

    @Test("a request whose content is still on its way is answered")
    func uploading() async throws {
        try await TestServer.run { server async throws in
            let client = try TestClient(port: server.port)
            client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
            #expect(client.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 100 "))
            let stopping = server.loops.first.start { await server.server.stop(within: .seconds(20)) }
            client.send("abc")
            let answer = client.answer()
            #expect(answer.content == "POST / 127.0.0.1 false 3")
            client.close()
            await stopping.value
        }
    }
}
