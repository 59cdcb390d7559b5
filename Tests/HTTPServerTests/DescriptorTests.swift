import Foundation
import HTTPServer
import Testing

@Suite("HTTPServer: out of file descriptors")
struct DescriptorTests {
    /// In a process of its own, whose limit can be lowered.
    @Test("connections that no descriptor is left for are closed, the others are served, and later there is room again")
    func exhaustion() async {
        await #expect(processExitsWith: .success) {
            try await TestServer.run(loops: 1) { server async throws in
                let clients = try (0..<40).map { _ in try TestClient() }
                let last = try TestClient()
                var limit = rlimit()
                getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
                let before = limit.rlim_cur
                limit.rlim_cur = rlim_t(last.descriptor) + 9
                try #require(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
                var served: [TestClient] = []
                for client in clients {
                    try client.connect(to: server.port)
                    client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
                    if client.answer().hasPrefix("HTTP/1.1 200 ") { served.append(client) } else { client.close() }
                }
                // Closed clients leave room, so some of those after them are served.
                #expect(served.count >= 8)
                #expect(served.count < clients.count)
                #expect(server.record.refusals.contains(.noDescriptors))
                #expect(server.record.refusals.count == clients.count - served.count)
                served.first?.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
                #expect(served.first?.answer().hasPrefix("HTTP/1.1 200 ") == true)
                served.first?.close()
                await server.record.reaches(closed: 1)
                try last.connect(to: server.port)
                last.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
                #expect(last.answer().hasPrefix("HTTP/1.1 200 "))
                // The child reports to its parent by a file of its own.
                limit.rlim_cur = before
                setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            }
        }
    }
}
