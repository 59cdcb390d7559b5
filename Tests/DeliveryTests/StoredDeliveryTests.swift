import Crypto
import Delivery
import EventLoop
import HTTP
import JOSE
import Provider
import Testing

@Suite("Webhooks over PostgreSQL: several servers, one order", .serialized, .timeLimit(.minutes(2)))
struct StoredDeliveryTests {
    private func subjects(_ requests: [Request]) -> [String] {
        requests.map { (try? JSON.parse($0.body))?["subject"]?.string ?? "" }
    }

    @Test("two servers bring every event to every endpoint, once and in order")
    func twoServers() async throws {
        let master = MasterKey(try .random())
        let (one, other) = (try await Node.start(master: master), try await Node.start(master: master))
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
        let master = MasterKey(try .random())
        let doomed = try await Node.start(master: master, lease: .seconds(1))
        let survivor = try await Node.start(master: master, lease: .seconds(1))
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
        let node = try await Node.start(master: master)
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
            // Other tests' events may lie in the same span.
            #expect(queued >= 3)
            try await node.hasSettled(3 + queued, of: id)
            #expect(subjects(Array(receiver.requests[3...])).filter { $0.hasPrefix("replay-") } == users)
        }
        await node.stop()
    }

    @Test("the log begins at the end of the outbox and misses nothing from there on")
    func log() async throws {
        let master = MasterKey(try .random())
        let node = try await Node.start(master: master)
        try await node.happen(["log-before"])
        let cursor = try await node.loop.run { try await node.stores.events.endOfEvents() }
        let seen = Seen()
        EventLog(
            on: node.loop, store: node.stores.events, pollInterval: .milliseconds(20),
            sink: { if let subject = $0.subject, subject.hasPrefix("log-") { seen.add(subject) } }
        ).start(after: cursor)
        let users = (0..<250).map { "log-\($0)" }
        try await node.happen(users)
        try await node.loop.run { while seen.ids.count < 250 { try await node.loop.sleep(for: .milliseconds(10)) } }
        #expect(seen.ids == users)
        await node.stop()
    }
}
