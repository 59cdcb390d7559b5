import Foundation
import HTTP
import Testing

@Suite("RFC 9110: dates, entity tags, media types, headers")
struct FieldValueTests {
    @Test(
        "§5.6.7: IMF-fixdate",
        arguments: [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"), (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
            (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"), (Int64.max, "Fri, 31 Dec 9999 23:59:59 GMT"),
            (-62_135_596_800, "Mon, 01 Jan 0001 00:00:00 GMT"), (Int64.min, "Mon, 01 Jan 0001 00:00:00 GMT"),
        ] as [(Int64, String)])
    func date(_ seconds: Int64, _ text: String) {
        #expect(HTTPDate(secondsSince1970: seconds).description == text)
    }

    @Test("§5.6.7: the same as another calendar says, over four hundred years")
    func dateAgainstFoundation() {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        for step in 0..<1500 {
            let seconds = Int64(step) * 8_415_407  // 97 days and some
            let date = Date(timeIntervalSince1970: TimeInterval(seconds))
            #expect(HTTPDate(secondsSince1970: seconds).description == formatter.string(from: date))
        }
    }

    @Test("§13.1.2: If-None-Match by weak comparison, lists and * included")
    func ifNoneMatch() throws {
        let tag = try #require(EntityTag(opaque: "abc"))
        #expect(tag.description == "\"abc\"")
        for value in ["\"abc\"", "W/\"abc\"", "\"x\", \"abc\"", "\"x\" ,W/\"abc\",", "*", "\"a,b\", \"abc\""] {
            #expect(tag.isNamed(byIfNoneMatch: [value]), "\(value)")
        }
        for value in ["", "abc", "\"ABC\"", "\"abc", "\"abc\"x", "w/\"abc\"", "W/ \"abc\"", "\"abc\" \"x\"", "**"] {
            #expect(!tag.isNamed(byIfNoneMatch: [value]), "\(value)")
        }
        #expect(tag.isNamed(byIfNoneMatch: ["\"x\"", "\"abc\""]))
        #expect(!tag.isNamed(byIfNoneMatch: []))
        #expect(EntityTag(opaque: "a\"b") == nil)
        #expect(EntityTag(opaque: "a b") == nil)
        #expect(EntityTag(opaque: "a", isWeak: true)?.description == "W/\"a\"")
    }

    @Test("§8.3.1: media types")
    func mediaType() {
        #expect(MediaType("application/json")?.essence == "application/json")
        #expect(MediaType("Application/X-WWW-form-urlencoded;Charset=\"UTF-8\"")?.charset == "utf-8")
        #expect(
            MediaType("Application/X-WWW-form-urlencoded ; charset=utf-8")?.essence
                == "application/x-www-form-urlencoded")
        #expect(MediaType("text/html;;q=1;")?.charset == nil)
        for text in [
            "", "json", "a/", "/b", "a/b/c", "a /b", "a/b c", "a/b;c", "a/b;c=", "a/b;=c", "a/b;c=\"d", "a/b, c/d",
            "a/b;c=d;C=e", "a/b;c = d", "ä/b",
        ] {
            #expect(MediaType(text) == nil, "\(text)")
        }
    }

    @Test("§5: headers are ordered, may repeat, and names have no letter case")
    func headers() {
        var headers: Headers = ["A": "1", "b": "2"]
        headers.add("a", "3")
        #expect(headers.map { "\($0.name)=\($0.value)" } == ["A=1", "b=2", "a=3"])
        #expect(headers[first: "a"] == "1")
        #expect(headers.all("A") == ["1", "3"])
        #expect(headers.contains("B"))
        headers.set("A", "4")
        #expect(headers.map { "\($0.name)=\($0.value)" } == ["b=2", "A=4"])
        headers.remove("a")
        #expect(!headers.contains("A"))
        #expect(headers.count == 1)
        #expect(headers == ["B": "2"])
        #expect(headers != ["B": "3"])
        #expect(headers != ["B": "2", "C": "3"])
        #expect((["ab": "c"] as Headers) != (["a": "bc"] as Headers))
    }
}
