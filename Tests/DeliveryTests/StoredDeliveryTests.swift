import Crypto
import Delivery
import EventLoop
import HTTP
import JOSE
import Provider
import TestDatabases
import Testing

@Suite("Webhooks over PostgreSQL: several servers, one order", .serialized, .timeLimit(.minutes(2)))
struct StoredDeliveryTests {
    private func subjects(_ requests: [Request]) -> [String] {
        requests.map { (try? JSON.parse($0.body))?["subject"]?.string ?? "" }
    }

    @Test("two servers bring every event to every endpoint, once and in order")
    func twoServers() async throws {
        let (master, place) = (MasterKey(try .random()), try await ThrowAwayDatabase.fresh())
        let one = try Node.start(over: place, master: master)
        let other = try Node.start(over: place, master: master)
        try await Receiver.run { first, firstPort in
            try await Receiver.run { second, secondPort in
                let ids = [
                    try await one.register(at: "http://127.0.0.1:\(firstPort)/", master: master),
                    try await other.register(at: "http://127.0.0.1:\(secondPort)/", master: master),
                ]
                one.dispatcher.start()
                other.dispatcher.start()
                let users = (0..<100).map { "two-\($0)" }
                try await one.happen(Array(users[..<50]))
                try await other.happen(Array(users[50...]))
                for id in ids { try await one.hasSettled(100, of: id) }
                for receiver in [first, second] { #expect(subjects(receiver.requests) == users) }
                #expect(try await one.deliveries(of: ids[0]).allSatisfy { $0.state == .delivered && $0.attempts == 1 })
            }
        }
        await one.stop()
        await other.stop()
    }

    @Test("a server that dies amid an attempt: after its lease another goes on, in order, and nothing is lost")
    func death() async throws {
        let (master, place) = (MasterKey(try .random()), try await ThrowAwayDatabase.fresh())
        let doomed = try Node.start(over: place, master: master, lease: .seconds(1))
        let survivor = try Node.start(over: place, master: master, lease: .seconds(1))
        try await Receiver.run { receiver, port in
            let id = try await survivor.register(at: "http://127.0.0.1:\(port)/", master: master)
            let users = (0..<60).map { "death-\($0)" }
            try await survivor.happen(users)
            doomed.dispatcher.start()
            while receiver.requests.count < 5 { await Task.yield() }
            // No drain: whatever it holds, it holds until the lease is over.
            await doomed.loop.stop(waitingAtMost: .zero)
            survivor.dispatcher.start()
            try await survivor.hasSettled(60, of: id)
            let got = subjects(receiver.requests)
            #expect(Set(got) == Set(users))
            // A repetition directly follows the first time: the order holds.
            #expect(
                got.enumerated().filter { $0.offset == 0 || got[$0.offset - 1] != $0.element }.map(\.element) == users)
            #expect(got.count <= users.count + 1)
            #expect(try await survivor.deliveries(of: id).allSatisfy { $0.state == .delivered })
        }
        await survivor.stop()
    }

    @Test("dead letters stay visible, and a replay brings them in order")
    func replay() async throws {
        let master = MasterKey(try .random())
        let node = try Node.start(over: try await ThrowAwayDatabase.fresh(), master: master)
        let begin = wallClock()
        try await Receiver.run(answering: { number, _ in Response(status: number < 3 ? .gone : .ok) }) {
            receiver, port in
            let id = try await node.register(at: "http://127.0.0.1:\(port)/", master: master)
            let users = ["replay-a", "replay-b", "replay-c"]
            try await node.happen(users)
            node.dispatcher.start()
            try await node.hasSettled(3, of: id)
            let dead = try await node.deliveries(of: id)
            #expect(dead.allSatisfy { $0.state == .dead && $0.lastStatus == 410 && $0.lastError != nil })
            let queued = try await node.loop.run {
                try await node.stores.webhooks.replay(id, from: begin, to: wallClock() + 1, at: wallClock())
            }
            #expect(queued == 3)
            try await node.hasSettled(6, of: id)
            #expect(subjects(Array(receiver.requests[3...])) == users)
        }
        await node.stop()
    }
}
