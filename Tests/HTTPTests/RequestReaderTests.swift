import HTTP
import Testing

@Suite("RFC 9112: what the table cannot show of the request reader")
struct RequestReaderTests {
    private let tooMuch = "refuse 400 more requests were sent ahead than are kept"

    @Test("The state tells which deadline runs: idle, head, body, answering, closed")
    func states() {
        let wire = Wire()
        #expect(wire.state == .idle)
        #expect(wire.receive("P") == [])
        #expect(wire.state == .head)
        #expect(wire.receive("OST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n") == [])
        #expect(wire.state == .body)
        #expect(wire.reader.wantsBytes)
        #expect(wire.receive("ab") == ["request POST / body=ab"])
        #expect(wire.state == .answering)
        #expect(!wire.reader.wantsBytes)
        #expect(wire.proceed() == [])
        #expect(wire.state == .idle)
        #expect(wire.receive("\r\n") == [])
        #expect(wire.state == .head)
        #expect(wire.receive("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") == ["request GET / close"])
        #expect(wire.proceed() == [])
        #expect(wire.state == .closed)
        #expect(!wire.reader.wantsBytes)
    }

    @Test("RFC 9112 §9.3.2: pipelined requests come one at a time, in order, after each answer")
    func pipelining() {
        let wire = Wire()
        let three = (1...3).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
        #expect(wire.receive(three) == ["request GET /1"])
        #expect(wire.receive("GET /4 HTTP/1.1\r\nHost: a\r\n\r\n") == [])
        #expect(wire.proceed() == ["request GET /2"])
        #expect(wire.proceed() == ["request GET /3"])
        #expect(wire.proceed() == ["request GET /4"])
        #expect(wire.proceed() == [])
        #expect(wire.state == .idle)
    }

    @Test("RFC 9112 §9.3.2: pipelining without pause stays in order, however long")
    func longPipelining() {
        let wire = Wire(RequestLimits(heldBytes: 200))
        func request(_ number: Int) -> String { "GET /\(number) HTTP/1.1\r\nHost: a\r\n\r\n" }
        #expect(wire.receive(request(0) + request(1) + request(2)) == ["request GET /0"])
        for number in 3..<2000 {
            #expect(wire.receive(request(number)) == [])
            #expect(wire.proceed() == ["request GET /\(number - 2)"])
        }
        #expect(wire.proceed() == ["request GET /1998"])
        #expect(wire.proceed() == ["request GET /1999"])
        #expect(wire.proceed() == [])
        #expect(wire.state == .idle)
    }

    @Test("Without a request to answer, proceeding changes nothing")
    func proceedTwice() {
        let wire = Wire()
        #expect(wire.proceed() == [])
        #expect(wire.receive("GET / HT") == [])
        #expect(wire.proceed() == [])
        #expect(wire.state == .head)
        #expect(wire.receive("TP/1.1\r\nHost: a\r\n\r\n") == ["request GET /"])
    }

    @Test("CVE-2026-28980: what waits behind an answer is bounded, and refused in its turn")
    func heldBytesAreBounded() {
        let wire = Wire(RequestLimits(heldBytes: 30))
        let one = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
        #expect(wire.receive(one) == ["request GET /1"])
        for _ in 0..<1000 { #expect(wire.receive(one) == []) }
        #expect(wire.proceed() == [tooMuch])
        #expect(wire.state == .closed)
    }

    @Test("After a refusal no byte is read again: a sound request behind a doubtful one does not exist")
    func nothingAfterRefusal() {
        let wire = Wire()
        #expect(wire.receive("GET / HTTP/1.1\r\nHost : a\r\n\r\n").count == 1)
        #expect(wire.receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n") == [])
        #expect(wire.proceed() == [])
        #expect(wire.state == .closed)
    }

    @Test("RFC 9110 §15.5.14: the limit of content is chosen by method and path")
    func limitOfContentByRoute() {
        let limits = RequestLimits { method, path in method == .post && path == "/large" ? 10 : 5 }
        func answer(_ head: String) -> [String] {
            Wire(limits).receive("\(head) HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n12345678")
        }
        let refusal = ["refuse 413 the content is larger than allowed here"]
        #expect(answer("POST /large") == ["request POST /large body=12345678"])
        #expect(answer("POST /large?x=y") == ["request POST /large?x=y body=12345678"])
        #expect(answer("POST /small") == refusal)
        #expect(answer("PUT /large") == refusal)
    }

    @Test("RFC 9110 §10.1.1: 100 Continue is asked for before the content, and never for content that is too large")
    func expectContinue() {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        let wire = Wire()
        #expect(wire.receive(head) == ["continue"])
        #expect(wire.receive("ab") == ["request POST / body=ab"])
        #expect(
            Wire(RequestLimits { _, _ in 1 }).receive(head)
                == ["refuse 413 the content is larger than allowed here"])
    }

    @Test("RFC 9110 §5: fields keep their order, repeats and spelling; bytes that are not UTF-8 are repaired")
    func fields() throws {
        let head = "GET / HTTP/1.1\r\nHost: a\r\nAccept:  x \r\naccept: y\r\nZ: "
        var reader = RequestReader()
        let actions = reader.receive(Array(head.utf8) + [0xFF, 0x0D, 0x0A, 0x0D, 0x0A])
        guard case .request(let request)? = actions.first else {
            Issue.record("the request was not read")
            return
        }
        #expect(request.headers.map(\.name) == ["Host", "Accept", "accept", "Z"])
        #expect(request.headers.all("ACCEPT") == ["x", "y"])
        #expect(request.headers[first: "accept"] == "x")
        #expect(request.headers[first: "z"] == "\u{FFFD}")
        #expect(request.headers[first: "y"] == nil)
    }

    @Test("RFC 9112 §7.1: the content is exact for chunks of every size, whatever the portions")
    func chunkSizes() {
        let content = String((0..<1000).map { Character(Unicode.Scalar(UInt8(0x30 + $0 % 64))) })
        for size in stride(from: 1, through: 300, by: 7) {
            var message = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            var rest = content[...]
            while !rest.isEmpty {
                let chunk = rest.prefix(size)
                message += "\(String(chunk.count, radix: 16))\r\n\(chunk)\r\n"
                rest = rest.dropFirst(size)
            }
            let bytes = Array("\(message)0\r\n\r\n".utf8)
            let wire = Wire()
            let lines = stride(from: 0, to: bytes.count, by: 97).flatMap {
                wire.receive(bytes[$0..<min($0 + 97, bytes.count)])
            }
            #expect(lines == ["request POST / body=\(TableEscapes.escape(Array(content.utf8)))"])
        }
    }

    @Test("The reasons of refusals are ASCII without quotes and backslashes, and hold no byte of the request")
    func reasons() {
        let secret = "s3cr3t"
        for text in [
            "GET /\(secret)| HTTP/1.1\r\n", "\(secret) / HTTP/1.1\r\n", "GET / HTTP/\(secret)\r\n",
            "GET / HTTP/1.1\r\nHost: \(secret)@\r\n", "GET / HTTP/1.1\r\n\(secret)\r\n",
            "POST / HTTP/1.1\r\nContent-Length: \(secret)\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: \(secret)\r\n",
        ] {
            var reader = RequestReader()
            guard case .refuse(let refusal)? = reader.receive(Array(text.utf8)).first else {
                Issue.record("not refused: \(text)")
                continue
            }
            #expect(!refusal.reason.contains(secret))
            #expect(refusal.reason.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C })
        }
    }
}
