import HTTP
import JOSE
import Provider
import Testing
import Web

/// A browser as far as the server can tell: it keeps cookies and fills in forms, and follows nothing by itself.
final class TestBrowser {
    let server: TestServer
    var cookies: [String: String] = [:]
    var acceptLanguage: String?
    var userAgent: String?

    /// What was last asked for by GET.
    private(set) var lastTarget: String?
    private let address: String

    init(_ server: TestServer, address: String = "192.0.2.\(Int.random(in: 1...250))") {
        self.server = server
        self.address = address
    }

    func get(_ target: String) async -> Response {
        lastTarget = target
        return await send(.get, target)
    }

    func post(_ path: String, _ fields: [(String, String)]) async -> Response {
        let body = FormEncoder.encode(fields.map { FormParameter(name: $0.0, value: $0.1) })
        return await send(.post, path, ["Content-Type": "application/x-www-form-urlencoded"], body)
    }

    func send(_ method: Method, _ target: String, _ headers: Headers = [:], _ body: String = "") async -> Response {
        var headers = headers
        if !cookies.isEmpty {
            headers.add("Cookie", cookies.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: "; "))
        }
        if let acceptLanguage { headers.add("Accept-Language", acceptLanguage) }
        if let userAgent { headers.add("User-Agent", userAgent) }
        let response = await server.routes.respond(to: request(method, target, headers, body, from: address))
        for field in response.headers.all("set-cookie") {
            let pair = field.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            cookies[String(pair[0])] = field.contains("Max-Age=0;") ? nil : String(pair[1])
        }
        return response
    }

    /// Follows redirects as long as they stay on this server.
    func follow(_ response: Response) async -> Response {
        var response = response
        while response.status == .seeOther, let next = response.location, next.hasPrefix("/") {
            response = await get(next)
        }
        return response
    }

    /// Fills in the form of a page and sends it.
    func submit(_ page: Response, _ path: String, _ fields: [(String, String)]) async -> Response {
        await post(path, page.hiddenFields + fields)
    }

    func logIn(_ page: Response, _ user: User, password: String = TestServer.password) async -> Response {
        await submit(page, "/login", [("username", user.username), ("password", password), ("action", "login")])
    }
}

func request(
    _ method: HTTP.Method, _ target: String, _ headers: Headers = [:], _ body: String = "",
    from address: String = "192.0.2.1"
) -> Request {
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    return Request(
        method: method, path: String(parts[0]), query: parts.count == 2 ? String(parts[1]) : nil, headers: headers,
        body: Array(body.utf8), peer: IPAddress(address) ?? .loopback)
}

extension Response {
    var text: String { String(decoding: body, as: UTF8.self) }
    var location: String? { headers[first: "location"] }

    func json() throws -> JSON { try JSON.parse(body) }

    /// The hidden fields of the first form.
    var hiddenFields: [(String, String)] {
        text.prefix(upTo: text.firstRange(of: "</form>")?.lowerBound ?? text.endIndex)
            .matches(of: /<input type="hidden" name="([^"]*)" value="([^"]*)">/)
            .map { (String($0.1), String($0.2).unescaped) }
    }

    /// The parameters of the answer that this redirect takes to the client.
    func answer(after separator: Character = "&") throws -> Parameters {
        let location = try #require(location)
        let start = try #require(location.firstIndex(of: separator))
        let pairs = try FormDecoder.decode(query: String(location[location.index(after: start)...]))
        return Parameters(pairs.map { ($0.name, $0.value) })
    }
}

extension String {
    fileprivate var unescaped: String {
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")].reduce(self) {
            $0.replacing($1.0, with: $1.1)
        }
    }
}
