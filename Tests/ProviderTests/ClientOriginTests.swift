import Provider
import Testing

@Suite("Origins of clients that run in browsers (RFC 6454)")
struct ClientOriginTests {
    @Test(
        "The origin of a redirect URI is as browsers send it: lower case, without the scheme's own port",
        arguments: [
            ("https://App.Example/cb?x#y", "https://app.example"),
            ("https://app.example:443/cb", "https://app.example"),
            ("https://app.example:8443/cb", "https://app.example:8443"), ("http://127.0.0.1/cb", "http://127.0.0.1"),
            ("http://127.0.0.1:80/cb", "http://127.0.0.1"), ("http://[::1]:3000/cb", "http://[::1]:3000"),
        ])
    func redirectURIs(uri: String, origin: String) {
        var client = Client(id: ClientID("c"), name: "c", kind: .public, createdAt: Instant(seconds: 0))
        client.redirectURIs = [uri]
        #expect(client.origins == [origin])
    }

    @Test("Private-use schemes have none; registered origins come as they are")
    func others() {
        var client = Client(id: ClientID("c"), name: "c", kind: .public, createdAt: Instant(seconds: 0))
        client.redirectURIs = ["com.example.app:/cb", "com.example.app://host/cb"]
        #expect(client.origins.isEmpty)
        client.allowedOrigins = ["https://spa.example"]
        #expect(client.origins == ["https://spa.example"])
    }
}
