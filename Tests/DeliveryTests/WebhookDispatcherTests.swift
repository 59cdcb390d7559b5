import Crypto
import EventLoop
import HTTP
import JOSE
import Provider
import TestDatabases
import Testing

@testable import Delivery

@Suite("Webhooks: from the outbox to a real receiver", .timeLimit(.minutes(2)))
struct WebhookDispatcherTests {
    private func ids(_ requests: [Request]) -> [String] { requests.map { $0.headers[first: "webhook-id"] ?? "" } }

    @Test("CloudEvents 1.0 §3 in structured mode, signed, posted once and in order")
    func delivered() async throws {
        try await Receiver.run { receiver, port in
            try await Bench.run { bench in
                try await bench.register("w", at: "http://127.0.0.1:\(port)/hook?a=b")
                try await bench.emit(20)
                bench.dispatcher.poke()
                try await bench.until { bench.outcomes(of: "w").count == 20 }
                #expect(bench.outcomes(of: "w").allSatisfy { $0 == .delivered(status: 204) })
            }
            #expect(ids(receiver.requests) == (1...20).map(String.init))
            let request = try #require(receiver.requests.first)
            #expect(request.method == .post)
            #expect(request.path == "/hook")
            #expect(request.headers[first: "content-type"] == "application/cloudevents+json")
            let event = try JSON.parse(request.body)
            #expect(event["specversion"] == "1.0")
            #expect(event["id"] == "1")
            #expect(event["source"] == "https://id.example")
            #expect(event["type"] == "oauth2.token.issued")
            #expect(event["subject"] == "t1")
            #expect(event["data"]?["jti"] == "t1")
            try expectSignature(of: request)
        }
    }

    private func expectSignature(of request: Request) throws {
        let id = try #require(request.headers[first: "webhook-id"])
        let seconds = try #require(request.headers[first: "webhook-timestamp"].flatMap { Int64($0) })
        #expect(abs(seconds - wallClock().seconds) <= 60)
        let key = try #require(SymmetricKey(bytes: Bench.secret))
        let code = HMACSHA256.code(for: Array("\(id).\(seconds).".utf8) + request.body, key: key)
        #expect(request.headers[first: "webhook-signature"] == "v1," + StandardBase64.encode(code))
    }

    @Test(
        "the library that Standard Webhooks publishes takes our deliveries, and no altered ones",
        .enabled(if: StandardWebhooksJudge.isPresent, "needs Python's standardwebhooks (MARTLET_TEST_PYTHON)"))
    func judged() async throws {
        try await Receiver.run { receiver, port in
            try await Bench.run { bench in
                try await bench.register("w", at: "http://127.0.0.1:\(port)/")
                try await bench.emit(1)
                try await bench.until { receiver.requests.count == 1 }
            }
            var request = try #require(receiver.requests.first)
            #expect(try StandardWebhooksJudge.accepts(request, secret: Bench.secret))
            #expect(try !StandardWebhooksJudge.accepts(request, secret: [UInt8](repeating: 8, count: 32)))
            request.body.append(UInt8(ascii: " "))
            #expect(try !StandardWebhooksJudge.accepts(request, secret: Bench.secret))
        }
    }

    @Test("a failing endpoint gets the same event again, freshly signed, before any later one")
    func headOfLineWaits() async throws {
        let answer: Receiver.Answer = { number, _ in Response(status: number < 2 ? .internalServerError : .ok) }
        try await Receiver.run(answering: answer) { receiver, port in
            try await Bench.run { bench in
                try await bench.register("w", at: "http://127.0.0.1:\(port)/")
                try await bench.emit(3)
                try await bench.until { bench.outcomes(of: "w").count == 5 }
                #expect(try await bench.deliveries(to: "w").map(\.attempts) == [3, 1, 1])
            }
            #expect(ids(receiver.requests) == ["1", "1", "1", "2", "3"])
            for request in receiver.requests { try expectSignature(of: request) }
        }
    }

    @Test("a receiver that is down and comes back gets all events in order")
    func downThenUp() async throws {
        var freed: UInt16 = 0
        try await Receiver.run { _, port in freed = port }
        let port = freed
        try await Bench.run(pauses: Array(repeating: .milliseconds(20), count: 1000)) { bench in
            try await bench.register("w", at: "http://127.0.0.1:\(port)/")
            try await bench.emit(10)
            try await bench.until { bench.outcomes(of: "w").count >= 3 }
            guard case .retry(_, nil, let reason)? = bench.outcomes(of: "w").first else {
                Issue.record("delivered to nobody")
                return
            }
            #expect(reason.hasPrefix("no connection"))
            try await Receiver.run(port: port) { receiver, _ in
                try await bench.until { try await bench.deliveries(to: "w").count { $0.state == .delivered } == 10 }
                #expect(ids(receiver.requests) == (1...10).map(String.init))
            }
        }
    }

    @Test("after the last attempt a delivery is a dead letter, and the next one has its turn")
    func deadLetters() async throws {
        let answer: Receiver.Answer = { _, request in
            Response(status: request.headers[first: "webhook-id"] == "1" ? .badRequest : .ok)
        }
        try await Receiver.run(answering: answer) { receiver, port in
            try await Bench.run { bench in
                try await bench.register("w", at: "http://127.0.0.1:\(port)/")
                try await bench.emit(2)
                try await bench.until { try await bench.deliveries(to: "w").map(\.state) == [.dead, .delivered] }
                #expect(try await bench.deliveries(to: "w").first?.attempts == 3)
                #expect(try await bench.deliveries(to: "w").first?.lastStatus == 400)
            }
            #expect(ids(receiver.requests) == ["1", "1", "1", "2"])
        }
    }

    @Test("one endpoint's trouble does not hold up another")
    func independence() async throws {
        try await Receiver.run(answering: { _, _ in Response(status: .badGateway) }) { _, badPort in
            try await Receiver.run { good, goodPort in
                try await Bench.run(pauses: [.seconds(60)]) { bench in
                    try await bench.register("bad", at: "http://127.0.0.1:\(badPort)/")
                    try await bench.register("good", at: "http://127.0.0.1:\(goodPort)/")
                    try await bench.emit(5)
                    try await bench.until {
                        try await bench.deliveries(to: "good").count { $0.state == .delivered } == 5
                    }
                    try await bench.until { bench.outcomes(of: "bad").count == 1 }
                }
                #expect(ids(good.requests) == (1...5).map(String.init))
            }
        }
    }

    @Test("CVE-2026-4366 (FAILURES 14): a redirect is not followed, it is a failure")
    func redirect() async throws {
        try await Receiver.run { inner, innerPort in
            let answer: Receiver.Answer = { _, _ in
                Response(status: .temporaryRedirect, headers: ["Location": "http://127.0.0.1:\(innerPort)/secret"])
            }
            try await Receiver.run(answering: answer) { outer, port in
                try await Bench.run(pauses: []) { bench in
                    try await bench.register("w", at: "http://127.0.0.1:\(port)/")
                    try await bench.emit(1)
                    try await bench.until { try await bench.deliveries(to: "w").first?.state == .dead }
                    #expect(try await bench.deliveries(to: "w").first?.lastStatus == 307)
                }
                #expect(outer.requests.count == 1)
            }
            #expect(inner.requests.isEmpty)
        }
    }

    @Test(
        "CVE-2026-1518 (FAILURES 15): no private address without allowance, and nothing is sent",
        arguments: ["http", "https"])
    func privateAddress(scheme: String) async throws {
        try await Receiver.run { receiver, port in
            try await Bench.run(allowing: "", pauses: []) { bench in
                try await bench.register("literal", at: "\(scheme)://127.0.0.1:\(port)/")
                try await bench.register("name", at: "\(scheme)://localhost:\(port)/")
                try await bench.emit(1)
                for id in ["literal", "name"] {
                    try await bench.until { try await bench.deliveries(to: id).first?.state == .dead }
                    let reason = try #require(try await bench.deliveries(to: id).first?.lastError)
                    #expect(reason.contains("not public"))
                    #expect(!reason.contains("127.0.0.1"))
                }
            }
            #expect(receiver.requests.isEmpty)
        }
    }

    @Test("a secret sealed for another endpoint does not open: nothing is sent unsigned")
    func foreignSecret() async throws {
        try await Receiver.run { receiver, port in
            try await Bench.run(pauses: []) { bench in
                try await bench.register("w", at: "http://127.0.0.1:\(port)/", secretOf: "other")
                try await bench.emit(1)
                try await bench.until { try await bench.deliveries(to: "w").first?.state == .dead }
            }
            #expect(receiver.requests.isEmpty)
        }
    }

    @Test("a database that goes away amid deliveries and comes back: nothing is lost, and the order holds")
    func storeFails() async throws {
        try await Receiver.run { receiver, port in
            try await Bench.run(patience: .milliseconds(200), lease: .seconds(2)) { bench in
                try await bench.register("w", at: "http://127.0.0.1:\(port)/")
                try await bench.emit(100)
                try await bench.until { receiver.requests.count >= 3 }
                try await bench.place.shut()
                let failures = bench.storeFailures
                try await bench.until { bench.storeFailures >= failures + 4 }
                try await bench.place.open()
                try await bench.until { try await bench.deliveries(to: "w").count { $0.state == .delivered } == 100 }
            }
            // An outcome that could not be written is a delivery made once more, before any later one.
            let got = ids(receiver.requests)
            let firsts = got.enumerated().filter { $0.offset == 0 || got[$0.offset - 1] != $0.element }
            #expect(firsts.map(\.element) == (1...100).map(String.init))
        }
    }

    @Test("stopping lets the attempt that runs end, and begins no other")
    func drain() async throws {
        try await Receiver.run { receiver, port in
            try await Bench.run { bench in
                try await bench.register("w", at: "http://127.0.0.1:\(port)/")
                try await bench.emit(1000)
                try await bench.until { receiver.requests.count >= 3 }
                await bench.dispatcher.stop()
                let sent = receiver.requests.count
                let delivered = try await bench.deliveries(to: "w").count { $0.state == .delivered }
                #expect(sent == delivered)
                try await bench.emit(1)
                bench.dispatcher.poke()
                try await bench.loop.run { await Task.yield() }
                #expect(receiver.requests.count == sent)
            }
        }
    }
}
