import EventLoop
import Foundation
import HTTP
import HTTPServer
import Synchronization
import Testing

@Suite("HTTPServer: total deadlines")
struct DeadlineTests {
    @Test("a head that does not end is answered 408")
    func head() async throws {
        try await TestServer.run(configure: { $0.deadlines.head = .milliseconds(100) }) { server async throws in
            let client = try TestClient(port: server.port)
            client.send("GET / HTTP/1.1\r\nHost:")
            let answer = try #require(client.remainder())
            #expect(answer.hasPrefix("HTTP/1.1 408 "))
            #expect(answer.field("Connection") == "close")
        }
    }

    @Test("content that does not end is answered 408")
    func body() async throws {
        try await TestServer.run(configure: { $0.deadlines.body = .milliseconds(100) }) { server async throws in
            let client = try TestClient(port: server.port)
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n12345")
            #expect(client.remainder()?.hasPrefix("HTTP/1.1 408 ") == true)
        }
    }

    @Test("the second request of a connection has its own deadline, whether it was pipelined or not")
    func secondHead() async throws {
        try await TestServer.run(configure: { $0.deadlines.head = .milliseconds(100) }) { server async throws in
            for pause in [false, true] {
                let client = try TestClient(port: server.port)
                let whole = "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n"
                client.send(pause ? whole : whole + "GET /2 HT")
                #expect(client.answer().hasPrefix("HTTP/1.1 200 "))
                if pause { client.send("GET /2 HT") }
                #expect(client.remainder()?.hasPrefix("HTTP/1.1 408 ") == true)
            }
        }
    }

    @Test("a connection that waits too long for its next request is closed without a word")
    func idle() async throws {
        try await TestServer.run(configure: { $0.deadlines.idle = .milliseconds(100) }) { server async throws in
            let silent = try TestClient(port: server.port)
            let client = try TestClient(port: server.port)
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(client.answer().hasPrefix("HTTP/1.1 200 "))
            #expect(client.remainder() == "")
            #expect(silent.remainder() == "")
        }
    }

    @Test("a handler that takes too long is cancelled and answered for by 503; its late answer goes nowhere")
    func handler() async throws {
        let wasCancelled = Mutex(false)
        let ended = Step()
        try await TestServer.run(
            configure: { $0.deadlines.answer = .milliseconds(100) },
            handler: { loop, _ in
                do {
                    try await loop.sleep(for: .seconds(60))
                } catch {
                    wasCancelled.withLock { $0 = true }
                }
                ended.done()
                return Response(status: .ok, body: Array("late".utf8))
            }
        ) { server async throws in
            let client = try TestClient(port: server.port)
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            let answer = try #require(client.remainder())
            #expect(answer.hasPrefix("HTTP/1.1 503 "))
            #expect(answer.field("Retry-After") != nil)
            #expect(!answer.contains("late"))
            await ended.wait()
            #expect(wasCancelled.withLock { $0 })
            await server.record.reaches(finished: 1)
            #expect(server.record.finished.map(\.status) == [.serviceUnavailable])
        }
    }

    @Test("an answer that nobody reads is broken off")
    func unreadAnswer() async throws {
        try await TestServer.run(
            configure: { $0.deadlines.answer = .milliseconds(100) },
            handler: { _, _ in Response(status: .ok, body: [UInt8](repeating: 0x61, count: 20_000_000)) }
        ) { server async throws in
            let client = try TestClient(port: server.port)
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            await server.record.reaches(closed: 1)
            #expect(client.countRemainder() < 20_000_000)
        }
    }

    @Test("a refused client that goes on sending is cut off in the end")
    func lingering() async throws {
        try await TestServer.run(configure: { $0.deadlines.linger = .milliseconds(100) }) { server async throws in
            let client = try TestClient(port: server.port)
            client.send("nonsense\r\n\r\n")
            #expect(client.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 400 "))
            await server.record.reaches(closed: 1)
            let flooding = try TestClient(port: server.port)
            flooding.send("nonsense\r\n\r\n")
            while flooding.send(String(repeating: "x", count: 65_536)) {}
            await server.record.reaches(closed: 2)
        }
    }

    @Test("500 clients that dribble their heads are cut off, and every quick request beside them is served")
    func slowClients() async throws {
        try raiseDescriptorLimit()
        try await TestServer.run(configure: { $0.deadlines.head = .seconds(1) }) { server async throws in
            let slow = try (0..<500).map { _ in try TestClient(port: server.port) }
            await server.record.reaches(opened: 500)
            let quick = try (0..<4).map { _ in try TestClient(port: server.port) }
            let head = Array("GET / HTTP/1.1\r\nHost: h\r\nX-Long: \(String(repeating: "x", count: 10_000))")
            var dribbling = slow.indices.map { $0 }
            var served = 0
            for byte in head where !dribbling.isEmpty {
                dribbling.removeAll { !slow[$0].send(String(byte)) || slow[$0].hasEnded }
                for client in quick {
                    client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
                    if client.answer().hasPrefix("HTTP/1.1 200 ") { served += 1 }
                }
                if server.record.closed >= 500 { break }
            }
            await server.record.reaches(finished: 500 + served)
            let quickRequests = server.record.finished.count { $0.target != nil }
            #expect(quickRequests == served && served >= 4)
            for client in slow {
                let answer = client.remainder()
                #expect(answer == "" || answer?.hasPrefix("HTTP/1.1 408 ") == true)
            }
            #expect(server.record.finished.filter { $0.target == nil }.allSatisfy { $0.status == .requestTimeout })
            #expect(server.record.finished.count { $0.target == nil } == 500)
        }
    }

    private func raiseDescriptorLimit() throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = min(limit.rlim_max, 8192)
        try #require(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
    }
}
