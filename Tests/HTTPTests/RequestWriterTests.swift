import HTTP
import Testing

@Suite("RFC 9112 §3: the request writer of the client")
struct RequestWriterTests {
    @Test("What the request writer writes, the request reader reads")
    func roundTrip() throws {
        let headers: Headers = [
            "Content-Type": "application/json", "Host": "evil", "content-length": "7", "Connection": "upgrade",
            "Transfer-Encoding": "chunked",
        ]
        let bytes = try #require(
            RequestWriter.bytes(
                .post, target: "/a?b=c", host: "a.example:8443", headers: headers, body: Array("{}".utf8)))
        var reader = RequestReader()
        guard case .request(let request)? = reader.receive(bytes).first else {
            Issue.record("the request was not read")
            return
        }
        #expect(request.method == .post)
        #expect(request.path == "/a")
        #expect(request.query == "b=c")
        #expect(request.headers.map(\.name) == ["Host", "Content-Type", "Content-Length", "Connection"])
        #expect(request.headers[first: "host"] == "a.example:8443")
        #expect(request.body == Array("{}".utf8))
        #expect(!request.persists)
    }

    @Test("RFC 9110 §8.6: a GET has no length, an empty POST says zero")
    func length() throws {
        func text(_ method: Method) throws -> String {
            let bytes = try #require(RequestWriter.bytes(method, target: "/", host: "[::1]", persists: true))
            return String(decoding: bytes, as: UTF8.self)
        }
        #expect(try text(.get) == "GET / HTTP/1.1\r\nHost: [::1]\r\n\r\n")
        #expect(try text(.post) == "POST / HTTP/1.1\r\nHost: [::1]\r\nContent-Length: 0\r\n\r\n")
    }

    @Test(
        "GHSA-7fj7-39wj-c64f: neither target nor host can bring in a line of its own",
        arguments: ["/\r\nX: y", "/ HTTP/1.1\r\n\r\nGET /", "", "a", "/a b", "/ä", "/#", "http://a/"])
    func malformedTarget(_ target: String) {
        #expect(RequestWriter.bytes(.get, target: target, host: "a") == nil)
        #expect(RequestWriter.bytes(.get, target: "/", host: "a\(target) ") == nil)
    }
}
