import HTTP
import Testing

@Suite("RFC 9112 §4, §6.3: the response reader of the client")
struct ResponseReaderTests {
    private struct Outcome: Equatable {
        var response: Response?
        var error = false
        var persists = false
    }

    /// Feeds `text` in portions of `size` bytes, then ends the connection when `ends`.
    private func outcome(
        _ text: String, answering method: Method = .get, limits: ResponseLimits, size: Int, ends: Bool
    ) -> Outcome {
        var reader = ResponseReader(answering: method, limits: limits)
        var outcome = Outcome()
        let bytes = Array(text.utf8)
        do throws(ResponseError) {
            for start in stride(from: 0, to: bytes.count, by: size) {
                let response = try reader.receive(bytes[start..<min(start + size, bytes.count)])
                outcome.response = outcome.response ?? response
            }
            outcome.persists = reader.persists
            if ends {
                let response = try reader.end()
                outcome.response = outcome.response ?? response
            }
        } catch {
            outcome.error = true
        }
        return outcome
    }

    /// The outcome, the same for portions of every size.
    private func outcome(
        _ text: String, answering method: Method = .get, limits: ResponseLimits = ResponseLimits(), ends: Bool = false
    ) -> Outcome {
        let whole = outcome(text, answering: method, limits: limits, size: max(text.utf8.count, 1), ends: ends)
        for size in 1..<max(text.utf8.count, 2) {
            let portions = outcome(text, answering: method, limits: limits, size: size, ends: ends)
            #expect(portions == whole, "in portions of \(size)")
        }
        return whole
    }

    @Test("§6.3: an answer with a length")
    func length() {
        let answer = outcome("HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 3\r\n\r\nabc")
        #expect(answer.response?.status == .ok)
        #expect(answer.response?.headers[first: "content-type"] == "a/b")
        #expect(answer.response?.body == Array("abc".utf8))
        #expect(answer.persists)
    }

    @Test("§7.1: an answer in chunks, its trailers dropped")
    func chunked() {
        let answer = outcome("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nA: b\r\n\r\n")
        #expect(answer.response?.body == Array("abc".utf8))
        #expect(answer.persists)
    }

    @Test("§6.3: without framing the content ends with the connection")
    func untilClose() {
        #expect(outcome("HTTP/1.1 200 OK\r\n\r\nabc").response == nil)
        let answer = outcome("HTTP/1.1 200 OK\r\n\r\nabc", ends: true)
        #expect(answer.response?.body == Array("abc".utf8))
        #expect(!answer.persists)
    }

    @Test("§6.3: no content after HEAD, with 204 and with 304, whatever the fields say")
    func withoutContent() {
        let fields = "Content-Length: 5\r\n\r\n"
        #expect(outcome("HTTP/1.1 200 OK\r\n\(fields)", answering: .head).response?.body == [])
        #expect(outcome("HTTP/1.1 204 No Content\r\n\(fields)").response?.status == .noContent)
        #expect(outcome("HTTP/1.1 304 Not Modified\r\n\(fields)").response?.status == .notModified)
    }

    @Test("RFC 9110 §15.2: interim answers are passed over, but not without end")
    func interim() {
        let interim = "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n"
        let answer = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
        #expect(outcome("HTTP/1.1 100 Continue\r\n\r\n\(interim)\(answer)").response?.status == .accepted)
        #expect(outcome(String(repeating: interim, count: 9) + answer).error)
        #expect(outcome("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n").error)
    }

    @Test("§4: a reason phrase may be anything or nothing")
    func reasonPhrase() {
        for line in ["HTTP/1.1 200", "HTTP/1.1 200 ", "HTTP/1.1 200 Sehr gut", "HTTP/1.0 200 OK"] {
            #expect(outcome("\(line)\r\nContent-Length: 0\r\n\r\n").response?.status == .ok)
        }
    }

    @Test("§9.6: what ends the connection")
    func persistence() {
        let length = "Content-Length: 0\r\n\r\n"
        #expect(outcome("HTTP/1.1 200 OK\r\n\(length)").persists)
        #expect(!outcome("HTTP/1.0 200 OK\r\n\(length)").persists)
        #expect(!outcome("HTTP/1.1 200 OK\r\nConnection: close\r\n\(length)").persists)
        #expect(!outcome("HTTP/1.1 200 OK\r\n\(length)HTTP/1.1 200 OK\r\n").persists, "bytes nobody asked for")
    }

    @Test(
        "§11.1: doubtful answers are errors",
        arguments: [
            "HTTP/1.1 200 OK\nContent-Length: 0\n\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n",
            "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 099 A\r\n\r\n", "HTTP/1.1 600 A\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n",
            "http/1.1 200 OK\r\n\r\n", " HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\0\r\n\r\n", "200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\na",
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
        ])
    func doubtful(_ text: String) {
        let outcome = outcome(text)
        #expect(outcome.error)
        #expect(outcome.response == nil)
    }

    @Test("Answers over a limit are errors while they arrive")
    func limits() {
        let limits = ResponseLimits(statusLineBytes: 20, headerBytes: 30, headerCount: 2, contentBytes: 3)
        #expect(outcome("HTTP/1.1 200 \(String(repeating: "a", count: 20))", limits: limits).error)
        #expect(outcome("HTTP/1.1 200 OK\r\nA: \(String(repeating: "a", count: 40))", limits: limits).error)
        #expect(outcome("HTTP/1.1 200 OK\r\nA:\r\nA:\r\nA:\r\n", limits: limits).error)
        #expect(outcome("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", limits: limits).error)
        #expect(outcome("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", limits: limits).error)
        #expect(outcome("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n", limits: limits).error)
        #expect(outcome("HTTP/1.1 200 OK\r\n\r\nabcd", limits: limits).error)
        #expect(outcome("HTTP/1.1 200 OK\r\n\r\nabc", limits: limits, ends: true).response != nil)
    }

    @Test("§8: an answer that the connection cuts off is an error", arguments: [0, 10, 30, 50])
    func cutOff(_ length: Int) {
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nabcdefghijklmnop"
        #expect(outcome(String(text.prefix(length)), ends: true).error)
    }

    @Test("An error stays: nothing is read after it")
    func errorStays() {
        var reader = ResponseReader(answering: .get)
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        for text in ["HTTP/3 200\r\n", answer, answer] {
            #expect(throws: ResponseError.self) { _ = try reader.receive(Array(text.utf8)) }
        }
        #expect(throws: ResponseError.self) { _ = try reader.end() }
    }

    @Test("What the response writer writes, the response reader reads", arguments: [Method.get, .head, .post])
    func writtenAnswer(_ method: Method) throws {
        let response = Response(status: .forbidden, headers: ["A": "b", "C": ""], body: Array("abc".utf8))
        var bytes: [UInt8] = []
        ResponseWriter.write(
            response, answering: method, date: HTTPDate(secondsSince1970: 0), persists: true, into: &bytes)
        var reader = ResponseReader(answering: method)
        let answer = try reader.receive(bytes)
        let read = try #require(answer)
        #expect(read.status == response.status)
        #expect(read.body == (method == .head ? [] : response.body))
        #expect(read.headers.all("a") == ["b"])
        #expect(reader.persists)
    }
}
