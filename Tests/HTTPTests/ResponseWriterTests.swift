import HTTP
import Testing

@Suite("RFC 9112 §4, §6: the response writer")
struct ResponseWriterTests {
    private let date = HTTPDate(secondsSince1970: 784_111_777)

    private func text(_ response: Response, answering method: Method? = .get, persists: Bool = true) -> String {
        var output: [UInt8] = []
        ResponseWriter.write(response, answering: method, date: date, persists: persists, into: &output)
        return String(decoding: output, as: UTF8.self)
    }

    @Test("An answer is status line, date, fields, length and content")
    func whole() {
        let response = Response(status: .created, headers: ["Location": "/a", "Vary": "Origin"], body: [65, 66])
        #expect(
            text(response) == """
                HTTP/1.1 201 Created\r
                Date: Sun, 06 Nov 1994 08:49:37 GMT\r
                Location: /a\r
                Vary: Origin\r
                Content-Length: 2\r
                \r
                AB
                """)
        #expect(text(response, persists: false).contains("\r\nConnection: close\r\n"))
        #expect(text(response, answering: nil).hasSuffix("\r\n\r\nAB"))
    }

    @Test("RFC 9110 §9.3.2: HEAD gets the length of the content without the content")
    func head() {
        let answer = text(Response(status: .ok, body: [65, 66]), answering: .head)
        #expect(answer.contains("\r\nContent-Length: 2\r\n"))
        #expect(answer.hasSuffix("\r\n\r\n"))
    }

    @Test("RFC 9110 §8.6, RFC 9112 §6.3: 204 and 304 have neither content nor length", arguments: [204, 304])
    func withoutContent(_ code: Int) throws {
        let status = try #require(Status(code: code))
        let answer = text(Response(status: status, body: [65, 66]))
        #expect(!answer.lowercased().contains("content-length"))
        #expect(answer.hasSuffix("\r\n\r\n"))
    }

    @Test("An empty answer says that its length is zero, so that the connection can persist")
    func empty() {
        #expect(text(Response(status: .seeOther, headers: ["Location": "/"])).contains("\r\nContent-Length: 0\r\n"))
    }

    @Test("The framing is the writer's own: what a handler set of it is left away")
    func ownFields() {
        let headers: Headers = [
            "content-length": "99", "Transfer-Encoding": "chunked", "CONNECTION": "upgrade", "date": "never",
            "Content-Lengths": "kept",
        ]
        let answer = text(Response(status: .ok, headers: headers, body: [65]))
        #expect(
            answer == """
                HTTP/1.1 200 OK\r
                Date: Sun, 06 Nov 1994 08:49:37 GMT\r
                Content-Lengths: kept\r
                Content-Length: 1\r
                \r
                A
                """)
    }

    @Test("Writing appends: several answers can go into one buffer")
    func appends() {
        var output: [UInt8] = []
        for _ in 0..<2 {
            ResponseWriter.write(
                Response(status: .noContent), answering: .delete, date: date, persists: true, into: &output)
        }
        #expect(String(decoding: output, as: UTF8.self).split(separator: "HTTP/1.1 204 No Content\r\n").count == 2)
    }

    @Test("RFC 9112 §4: every status code can be written, registered or not")
    func everyStatus() throws {
        for code in 100...599 {
            let status = try #require(Status(code: code))
            #expect(text(Response(status: status)).hasPrefix("HTTP/1.1 \(code) \(status.reasonPhrase)\r\n"))
        }
        #expect(Status(code: 99) == nil)
        #expect(Status(code: 600) == nil)
    }

    @Test(
        "GHSA-7fj7-39wj-c64f: no line break or control character gets into a field, by name or by value",
        arguments: ["\r", "\n", "\0", "\r\n", "\u{0B}", "\u{7F}", "\u{1B}"])
    func lineBreaks(_ evil: String) {
        for text in ["\(evil)X", "a\(evil)Set-Cookie: a=b", "a\(evil)"] {
            var headers = Headers()
            let taken = [
                headers.add("Location", text), headers.set("Location", text),
                headers.add("A\(text)", "b"), headers.set("A\(text)", "b"),
            ]
            #expect(!taken.contains(true))
            #expect(headers.count == 0)
            #expect((["Location": text] as Headers).count == 0)
        }
    }

    @Test("GHSA-7fj7-39wj-c64f: a refused value leaves the one that stood before")
    func refusedSetChangesNothing() {
        var headers: Headers = ["Location": "/a"]
        let taken = [
            headers.set("location", "/b\r\nX: y"), headers.add("Location", "/ä"), headers.add("", "a"),
            headers.add("A:", "a"),
        ]
        #expect(!taken.contains(true))
        #expect(headers.count == 1)
        #expect(headers.all("Location") == ["/a"])
        let isTaken = headers.set("location", " /b\t")
        #expect(isTaken)
        #expect(headers.all("Location") == ["/b"])
    }

    @Test("The interim answer of 100-continue has neither fields nor content")
    func interim() {
        #expect(String(decoding: ResponseWriter.continue, as: UTF8.self) == "HTTP/1.1 100 Continue\r\n\r\n")
    }
}
