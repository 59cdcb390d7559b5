import Crypto
import EventLoop
import HTTP
import JOSE
import Provider
import Testing

@testable import Delivery

@Suite("Back-channel logout: from a session's end to a real receiver", .serialized, .timeLimit(.minutes(2)))
struct LogoutDispatcherTests {
    /// The token in a request, verified by the public keys alone.
    private func token(in request: Request, _ node: LogoutNode) throws -> JWS {
        #expect(request.method == .post)
        #expect(request.headers[first: "content-type"] == "application/x-www-form-urlencoded")
        let fields = try FormDecoder.decode(request.body)
        #expect(fields.map(\.name) == ["logout_token"])
        let text = try #require(fields.first?.value)
        return try UnverifiedJWS(parsing: text).verified(with: node.provider.keys.current.jwks)
    }

    private func claims(in request: Request, _ node: LogoutNode) throws -> JWTClaims {
        try JWTClaims(try token(in: request, node))
    }

    @Test("Back-Channel Logout §2.4, §2.5: one form with a signed token for each client, by its own algorithm")
    func delivered() async throws {
        try await Receiver.run { receiver, port in
            try await LogoutNode.run { node in
                let parties = [
                    try await node.client(at: "http://127.0.0.1:\(port)/a?x=y"),
                    try await node.client(at: "http://127.0.0.1:\(port)/b") { $0.idTokenAlgorithm = .es256 },
                ]
                let session = try await node.endedSession(parties)
                node.dispatcher.poke()
                try await node.until { try await node.waiting() == 0 && receiver.requests.count == 2 }
                for (party, path) in zip(parties, ["/a", "/b"]) {
                    let request = try #require(receiver.requests.first { $0.path == path })
                    #expect(request.query == (path == "/a" ? "x=y" : nil))
                    let token = try token(in: request, node)
                    #expect(token.header.type == "logout+jwt")
                    #expect(token.header.algorithm.rawValue == party.idTokenAlgorithm.rawValue)
                    let claims = try JWTClaims(token)
                    #expect(claims.issuer == LogoutNode.issuer && claims.audience == [party.id.text])
                    #expect(claims.subject == session.user.text && claims["sid"]?.string == session.id.text)
                    #expect(claims["events"] == ["http://schemas.openid.net/event/backchannel-logout": [:]])
                    #expect(claims["nonce"] == nil && claims.id != nil)
                    let issued = try #require(claims.issuedAt)
                    #expect(claims.expires == issued + 120)
                    #expect(node.outcomes(of: party) == [.delivered(status: 204)])
                }
            }
        }
    }

    @Test("a receiver that fails gets the news again, by a token that is new at every try")
    func fresh() async throws {
        let failures: [Status] = [.internalServerError, .notFound, .gone]
        let answer: Receiver.Answer = { number, _ in Response(status: number < 3 ? failures[number] : .ok) }
        try await Receiver.run(answering: answer) { receiver, port in
            try await LogoutNode.run { node in
                let client = try await node.client(at: "http://127.0.0.1:\(port)/")
                let session = try await node.endedSession([client])
                try await node.until { try await node.waiting() == 0 }
                let all = try receiver.requests.map { try claims(in: $0, node) }
                #expect(all.count == 4)
                #expect(Set(all.map(\.id)).count == 4)
                #expect(all.allSatisfy { $0["sid"]?.string == session.id.text })
                #expect(node.outcomes(of: client).last == .delivered(status: 200))
            }
        }
    }

    @Test("a receiver that is down for a while is told when it is back")
    func downThenUp() async throws {
        var freed: UInt16 = 0
        try await Receiver.run { _, port in freed = port }
        let port = freed
        try await LogoutNode.run { node in
            let client = try await node.client(at: "http://127.0.0.1:\(port)/")
            _ = try await node.endedSession([client])
            try await node.until { node.outcomes(of: client).count >= 3 }
            try await Receiver.run(port: port) { receiver, _ in
                try await node.until { try await node.waiting() == 0 }
                #expect(receiver.requests.count == 1)
                #expect(try claims(in: try #require(receiver.requests.first), node).audience == [client.id.text])
            }
        }
    }

    @Test("Back-Channel Logout §2.8: a client that answers 400 is not asked again")
    func refused() async throws {
        try await Receiver.run(answering: { _, _ in Response(status: .badRequest) }) { receiver, port in
            try await LogoutNode.run { node in
                let client = try await node.client(at: "http://127.0.0.1:\(port)/")
                _ = try await node.endedSession([client])
                try await node.until { try await node.waiting() == 0 }
                #expect(node.outcomes(of: client) == [.dead(status: 400, reason: "the client refused the token")])
            }
            #expect(receiver.requests.count == 1)
        }
    }

    @Test("CVE-2026-4366: a redirect is not followed, and after the last attempt there is none")
    func redirect() async throws {
        try await Receiver.run { inner, innerPort in
            let answer: Receiver.Answer = { _, _ in
                Response(status: .temporaryRedirect, headers: ["Location": "http://127.0.0.1:\(innerPort)/secret"])
            }
            try await Receiver.run(answering: answer) { outer, port in
                try await LogoutNode.run(
                    { $0.schedule = RetrySchedule(pauses: [.milliseconds(10)], jitter: 0) }
                ) { node in
                    let client = try await node.client(at: "http://127.0.0.1:\(port)/")
                    _ = try await node.endedSession([client])
                    try await node.until { try await node.waiting() == 0 }
                    guard case .dead(307, let reason)? = node.outcomes(of: client).last else {
                        Issue.record("\(node.outcomes(of: client))")
                        return
                    }
                    #expect(reason.contains("redirect"))
                }
                #expect(outer.requests.count == 2)
            }
            #expect(inner.requests.isEmpty)
        }
    }

    @Test("CVE-2026-1518: no private address without allowance, whatever is registered")
    func privateAddress() async throws {
        try await Receiver.run { receiver, port in
            try await LogoutNode.run(allowing: "", { $0.schedule = RetrySchedule(pauses: [], jitter: 0) }) { node in
                let client = try await node.client(at: "http://127.0.0.1:\(port)/")
                _ = try await node.endedSession([client])
                try await node.until { try await node.waiting() == 0 }
                guard case .dead(nil, let reason)? = node.outcomes(of: client).first else {
                    Issue.record("\(node.outcomes(of: client))")
                    return
                }
                #expect(reason.contains("not public"))
            }
            #expect(receiver.requests.isEmpty)
        }
    }

    @Test("two servers send each token once")
    func twoServers() async throws {
        let installation = try await LogoutNode.Installation.fresh()
        try await Receiver.run { receiver, port in
            try await LogoutNode.run(of: installation) { one in
                try await LogoutNode.run(of: installation) { _ in
                    var parties: [Client] = []
                    for _ in 0..<5 { parties.append(try await one.client(at: "http://127.0.0.1:\(port)/")) }
                    for _ in 0..<20 { _ = try await one.endedSession(parties) }
                    try await one.until { try await one.waiting() == 0 }
                    let told = try receiver.requests.map { request in
                        let claims = try claims(in: request, one)
                        return "\(claims.audience) \(claims["sid"]?.string ?? "")"
                    }
                    #expect(told.count == 100 && Set(told).count == 100)
                }
            }
        }
    }

    @Test("what a server took that died is sent by another after the lease")
    func death() async throws {
        let installation = try await LogoutNode.Installation.fresh()
        let doomed = try LogoutNode(installation)
        try await Receiver.run { receiver, port in
            let client = try await doomed.client(at: "http://127.0.0.1:\(port)/")
            let session = try await doomed.endedSession([client])
            let taken = try await doomed.loop.run { [provider = doomed.provider] in
                let now = wallClock()
                return try await provider.stores.logouts.take(
                    limit: 1, room: [:], usualRoom: 1, leaseEndsAt: now + 1, at: now)
            }
            #expect(taken.count == 1)
            await doomed.stop()
            try await LogoutNode.run(of: installation) { survivor in
                try await survivor.until { try await survivor.waiting() == 0 }
                let told = try receiver.requests.map { try claims(in: $0, survivor)["sid"]?.string }
                #expect(told == [session.id.text])
            }
        }
    }

    @Test("a receiver that fails has one attempt at a time and leaves the others theirs")
    func independence() async throws {
        try await Receiver.run(answering: { _, _ in Response(status: .badGateway) }) { bad, badPort in
            try await Receiver.run { good, goodPort in
                try await LogoutNode.run({ $0.concurrency = 2 }) { node in
                    let failing = try await node.client(at: "http://127.0.0.1:\(badPort)/")
                    let working = try await node.client(at: "http://127.0.0.1:\(goodPort)/")
                    for _ in 0..<30 { _ = try await node.endedSession([failing]) }
                    try await node.until { node.outcomes(of: failing).count >= 10 }
                    for _ in 0..<10 { _ = try await node.endedSession([failing, working]) }
                    try await node.until { node.outcomes(of: working).count == 10 }
                    // An attempt is told of before its row says so.
                    try await node.until { try await node.waiting() == 40 }
                }
                #expect(good.requests.count == 10)
            }
        }
    }

    @Test("what is too long ago, and who is gone or wants no more, is not told")
    func obsolete() async throws {
        try await Receiver.run { receiver, port in
            let installation = try await LogoutNode.Installation.fresh()
            let maker = try LogoutNode(installation)
            let address = "http://127.0.0.1:\(port)/"
            let (late, gone) = (try await maker.client(at: address), try await maker.client(at: address))
            _ = try await maker.endedSession([late], at: wallClock() - 3601)
            _ = try await maker.endedSession([gone])
            try await maker.delete(gone)
            try await LogoutNode.run(of: installation, { $0.patience = .seconds(3600) }) { node in
                try await node.until { try await node.waiting() == 0 }
                #expect(node.outcomes(of: late) == [.dead(status: nil, reason: "it is too long ago")])
                guard case .dead(nil, let reason)? = node.outcomes(of: gone).first else {
                    Issue.record("\(node.outcomes(of: gone))")
                    return
                }
                #expect(reason.contains("gone"))
            }
            #expect(receiver.requests.isEmpty)
            await maker.stop()
        }
    }
}
