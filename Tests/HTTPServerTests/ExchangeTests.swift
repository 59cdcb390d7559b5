import EventLoop
import HTTP
import HTTPServer
import Synchronization
import Testing

@Suite("HTTPServer: requests and answers (RFC 9112)")
struct ExchangeTests {
    @Test("an answer has Date, X-Request-Id and its length; the connection stays (§9.3)")
    func keepAlive() async throws {
        try await TestServer.run { server async throws in
            let client = try TestClient(port: server.port)
            for path in ["/one", "/two"] {
                client.send("GET \(path)?q=1 HTTP/1.1\r\nHost: h\r\n\r\n")
                let answer = client.answer()
                #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
                #expect(answer.content == "GET \(path) 127.0.0.1 false 0")
                #expect(answer.field("Date")?.hasSuffix(" GMT") == true)
                #expect(answer.field("X-Request-Id") == answer.field("X-Seen-Id"))
                #expect(answer.field("Connection") == nil)
            }
            #expect(server.record.opened == 1)
            await server.record.reaches(finished: 2)
            #expect(server.record.finished.map(\.target?.path) == ["/one", "/two"])
            #expect(Set(server.record.finished.map(\.id)).count == 2)
        }
    }

    @Test("a client's own X-Request-Id is not taken over")
    func ownRequestID() async throws {
        try await TestServer.run { server async throws in
            let client = try TestClient(port: server.port)
            client.send("GET / HTTP/1.1\r\nHost: h\r\nX-Request-Id: mine\r\n\r\n")
            let answer = client.answer()
            #expect(answer.field("X-Request-Id") != "mine")
            #expect(answer.field("X-Seen-Id") != "mine")
        }
    }

    @Test("HEAD: the length without the content (RFC 9110 §9.3.2)")
    func head() async throws {
        try await TestServer.run { server async throws in
            let client = try TestClient(port: server.port)
            client.send("HEAD / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            let answer = try #require(client.remainder())
            #expect(answer.field("Content-Length") == "\("HEAD / 127.0.0.1 false 0".utf8.count)")
            #expect(answer.content.isEmpty)
        }
    }

    @Test("Connection: close and HTTP/1.0 end the connection after the answer (§9.6)")
    func close() async throws {
        try await TestServer.run { server async throws in
            for request in ["GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n"] {
                let client = try TestClient(port: server.port)
                client.send(request)
                let answer = try #require(client.remainder())
                #expect(answer.hasPrefix("HTTP/1.1 200"))
                #expect(answer.field("Connection") == "close")
            }
        }
    }

    @Test("pipelined requests are answered in their order, one at a time (§9.3.2)")
    func pipelining() async throws {
        let atOnce = Mutex((now: 0, most: 0))
        try await TestServer.run(handler: { loop, request in
            atOnce.withLock { count in
                count.now += 1
                count.most = max(count.most, count.now)
            }
            if request.path == "/1" { try? await loop.sleep(for: .milliseconds(50)) }
            atOnce.withLock { $0.now -= 1 }
            return .describing(request)
        }) { server async throws in
            let client = try TestClient(port: server.port)
            let body = String(repeating: "x", count: 3000)
            client.send(
                (1...50).map { "POST /\($0) HTTP/1.1\r\nHost: h\r\nContent-Length: 3000\r\n\r\n\(body)" }.joined())
            for number in 1...50 {
                #expect(client.answer().content == "POST /\(number) 127.0.0.1 false 3000")
            }
            #expect(atOnce.withLock { $0.most } == 1)
        }
    }

    @Test("a request that comes byte by byte is a request")
    func byteByByte() async throws {
        try await TestServer.run { server async throws in
            let client = try TestClient(port: server.port)
            for byte in "POST /slow HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" {
                client.send(String(byte))
            }
            #expect(client.answer().content == "POST /slow 127.0.0.1 false 3")
        }
    }

    @Test("Expect: 100-continue is answered before the content (RFC 9110 §10.1.1)")
    func expectContinue() async throws {
        try await TestServer.run { server async throws in
            let client = try TestClient(port: server.port)
            client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
            #expect(client.receive(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            client.send("abc")
            #expect(client.answer().content == "POST / 127.0.0.1 false 3")
        }
    }

    @Test("a refused expectation gets the final answer at once: 413, 417")
    func refusedExpectation() async throws {
        try await TestServer.run { server async throws in
            for (fields, status) in [
                ("Expect: 100-continue\r\nContent-Length: 70000", 413), ("Expect: magic\r\nContent-Length: 3", 417),
            ] {
                let client = try TestClient(port: server.port)
                client.send("POST / HTTP/1.1\r\nHost: h\r\n\(fields)\r\n\r\n")
                let answer = try #require(client.remainder())
                #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
                #expect(answer.field("Connection") == "close")
            }
        }
    }

    @Test("what the reader refuses is rendered by the renderer, and the client can read it while it still sends")
    func refusalCanBeRead() async throws {
        try await TestServer.run { server async throws in
            let client = try TestClient(port: server.port)
            client.send("GET / HTTP/1.1\r\nHost: h\r\nBad Name: x\r\n\r\n" + String(repeating: "x", count: 100_000))
            client.endSending()
            let answer = try #require(client.remainder())
            #expect(answer.hasPrefix("HTTP/1.1 400 "))
            #expect(answer.field("X-Refused") == answer.field("X-Request-Id"))
            #expect(answer.field("Connection") == "close")
            #expect(!answer.content.isEmpty)
            await server.record.reaches(finished: 1)
            #expect(server.record.finished.map(\.status) == [.badRequest])
        }
    }

    @Test("GHSA-mgc4-wqv7-4pxm: bytes after a doubtful request are never read as another")
    func nothingAfterARefusal() async throws {
        try await TestServer.run { server async throws in
            let client = try TestClient(port: server.port)
            client.send(
                "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                    + "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n")
            client.endSending()
            let answer = try #require(client.remainder())
            #expect(answer.ranges(of: "HTTP/1.1 ").count == 1)
            await server.record.reaches(finished: 1)
            #expect(server.record.finished.allSatisfy { $0.target == nil })
        }
    }

    @Test("GHSA-7fj7-39wj-c64f: a line break in a field of an answer does not reach the wire")
    func noResponseSplitting() async throws {
        try await TestServer.run(handler: { _, _ in
            Response(status: .found, headers: ["Location": "/x\r\nSet-Cookie: evil=1"])
        }) { server async throws in
            let client = try TestClient(port: server.port)
            client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            #expect(client.remainder()?.contains("evil") == false)
        }
    }

    @Test("a client that has shut down its sending side still gets its answer")
    func halfClose() async throws {
        try await TestServer.run(handler: { loop, request in
            try? await loop.sleep(for: .milliseconds(50))
            return .describing(request)
        }) { server async throws in
            let client = try TestClient(port: server.port)
            client.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n")
            client.endSending()
            #expect(client.answer().content == "GET /a 127.0.0.1 false 0")
            #expect(client.answer().content == "GET /b 127.0.0.1 false 0")
            #expect(client.remainder() == "")
        }
    }

    @Test("a reset cancels the request in flight")
    func resetCancels() async throws {
        let began = Step()
        let ended = Mutex(false)
        let finished = Step()
        try await TestServer.run(handler: { loop, _ in
            began.done()
            do {
                try await loop.sleep(for: .seconds(60))
            } catch {
                ended.withLock { $0 = true }
            }
            finished.done()
            return Response(status: .ok)
        }) { server async throws in
            let client = try TestClient(port: server.port)
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            await began.wait()
            client.reset()
            await finished.wait()
            #expect(ended.withLock { $0 })
            await server.record.reaches(finished: 1)
            #expect(server.record.finished.map(\.status) == [nil])
        }
    }

    @Test("an answer larger than the socket's buffers arrives whole (write back-pressure)")
    func largeAnswer() async throws {
        let size = 20_000_000
        try await TestServer.run(handler: { _, _ in
            Response(status: .ok, body: [UInt8](repeating: 0x61, count: size))
        }) { server async throws in
            let client = try TestClient(port: server.port)
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            let head = client.receive(until: "\r\n\r\n")
            #expect(head.field("Content-Length") == "\(size)")
            let rest = client.countRemainder()
            #expect(rest > 2 * size && rest < 2 * size + 500)
        }
    }

    @Test("connections are spread evenly over the loops, and a connection stays on its loop")
    func spread() async throws {
        let perLoop = Mutex<[String: Int]>([:])
        try await TestServer.run(handler: { loop, request in
            loop.preconditionCurrent()
            perLoop.withLock { $0[loop.name, default: 0] += 1 }
            return .describing(request)
        }) { server async throws in
            let clients = try (0..<10).map { _ in try TestClient(port: server.port) }
            for client in clients {
                client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
                _ = client.answer()
            }
            #expect(perLoop.withLock { $0 } == ["test-1": 5, "test-2": 5])
        }
    }
}
