import HTTP
import Provider
import Testing

@testable import Web

@Suite("Paths")
struct RouteTableTests {
    private let table = RouteTable([
        Route(.get, "/", .page) { _ in Response(status: .ok) },
        Route(.get, "/login", .page) { _ in Response(status: .ok) },
        Route(.post, "/login", .page, body: .form) { _ in Response(status: .ok) },
        Route(.get, "/clients/{clientId}", .management) { _ in Response(status: .ok) },
        Route(.delete, "/clients/{clientId}/secrets/{secretId}", .management) { _ in Response(status: .ok) },
    ])

    @Test(
        "A path has one spelling: no trailing slash, no double slash, no dots, no percent-encoding (CVE-2026-3872)",
        arguments: [
            "/login/", "//login", "/./login", "/x/../login", "/login;x", "/..;/login", "/%6cogin", "/login%00",
            "/LOGIN",
            "login", "", "*", "/clients", "/clients/", "/clients/.", "/clients/..", "/clients/a%2Fb", "/clients/a/",
            "/clients/a;b", "/clients/a/secrets", "/clients/a/secrets/", "/clients//secrets/b", "/clients/ä",
            "/clients/a\\b", "/clients/" + String(repeating: "a", count: 600),
        ])
    func unknown(path: String) {
        #expect(table.place(at: path) == nil)
    }

    @Test("Ids are the segments in their places")
    func ids() throws {
        #expect(try #require(table.place(at: "/clients/a-b._~:@9")).ids == ["a-b._~:@9"])
        #expect(try #require(table.place(at: "/clients/one/secrets/two")).ids == ["one", "two"])
    }

    @Test("HEAD is served where GET is (RFC 9110 §9.3.2), and Allow names all methods (§10.2.1)")
    func methods() throws {
        let place = try #require(table.place(at: "/login"))
        #expect(place.allow == "GET, POST, HEAD, OPTIONS")
        #expect(place.route(for: .head)?.method == .get)
        #expect(place.route(for: .put) == nil)
        let secret = try #require(table.place(at: "/clients/one/secrets/two"))
        #expect(secret.allow == "DELETE, OPTIONS")
        #expect(secret.route(for: .head) == nil)
    }
}
