import EventLoop
import Foundation
import HTTP
import TLS
import TestCertificates
import Testing

@testable import HTTPClient

@Suite("StandaloneFetcher: a fetcher for programs without loops")
struct StandaloneFetcherTests {
    @Test("it fetches from any task, trusts the authorities it was given, and is guarded as every fetcher is")
    func fetches() async throws {
        try await Peer.run(secure: false) { peer async throws in
            let url = try OutboundURL("http://127.0.0.1:\(peer.port)/")
            let allowed = try StandaloneFetcher(
                name: "standalone", egress: EgressGuard(allowing: try EgressAllowance("127.0.0.1")))
            try await withThrowingTaskGroup(of: Status.self) { group in
                for _ in 0..<8 { group.addTask { try await allowed.fetch(OutboundRequest(.get, url)).status } }
                for try await status in group { #expect(status == .ok) }
            }
            let guarded = try StandaloneFetcher(name: "standalone")
            await #expect(throws: FetchError.refused(.notPublic(.loopback))) {
                try await guarded.fetch(OutboundRequest(.get, try OutboundURL("https://127.0.0.1:\(peer.port)/")))
            }
        }
        #expect(throws: TLSContextError.self) { try StandaloneFetcher(name: "standalone", authorities: "/nowhere.pem") }
    }

    @Test("its threads end when it is released", .timeLimit(.minutes(1)))
    func release() async throws {
        func isRunning() throws -> Bool {
            let tasks = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")
            let names = tasks.compactMap { try? String(contentsOfFile: "/proc/self/task/\($0)/comm", encoding: .utf8) }
            return names.contains { $0.hasPrefix("released") }
        }
        var fetcher: StandaloneFetcher? = try StandaloneFetcher(name: "released")
        #expect(fetcher != nil)
        while try !isRunning() { await Task.yield() }
        fetcher = nil
        while try isRunning() { await Task.yield() }
    }
}
