import Provider
import Testing

@Suite("What a browser says it is, in words (RFC 9110 §10.1.5)")
struct DeviceNameTests {
    private static let mozilla = "Mozilla/5.0 "

    @Test(
        "common browsers and systems",
        arguments: [
            ("(X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
            ("(Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows"),
            (
                "(Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36",
                "Chrome on Windows"
            ),
            (
                "(Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0",
                "Edge on Windows"
            ),
            (
                "(Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
                "Safari on macOS"
            ),
            (
                "(iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
                "Safari on iPhone"
            ),
            (
                "(iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/138.0 Mobile/15E148 Safari/604.1",
                "Chrome on iPhone"
            ),
            (
                "(Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36",
                "Chrome on Android"
            ),
            (
                "(Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
                "Samsung Internet on Android"
            ),
            (
                "(X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36",
                "Chrome on ChromeOS"
            ),
            ("(X11; Linux x86_64) something new", "a browser on Linux"), ("", "a browser"),
        ])
    func known(rest: String, words: String) {
        #expect(DeviceName(userAgent: Self.mozilla + rest).english == words)
    }

    @Test(
        "what nobody knows is a browser, and nothing of the text shows",
        arguments: ["", "<script>", "Firefox", "ü\u{0}"])
    func unknown(text: String) {
        #expect(DeviceName(userAgent: text).english == "a browser")
    }

    @Test(
        "programs without a browser's name", arguments: [("curl/8.5.0", "curl"), ("python-requests/2.32.3", "Python")])
    func programs(text: String, words: String) {
        #expect(DeviceName(userAgent: text).english == words)
    }
}
