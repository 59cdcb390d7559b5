import Crypto
import HTTP
import JOSE
import Provider

/// The cookies of a browser. Each waiting authorization request has a binding cookie of its own, so that any number of
/// tabs go through their logins without disturbing one another; forms outside of a request share one.
struct BrowserSession: Sendable {
    let site: Site

    /// What a request tells of its browser.
    ///
    /// - Parameter handle: the waiting request that is meant, nil outside of one.
    func browser(_ request: Request, handle: String?) -> Browser {
        let session = Cookie.value(of: name("session"), in: request.headers)
        var browser = Browser(
            session: session.flatMap { OpaqueToken(.session, presented: $0) },
            binding: Cookie.value(of: bindingName(handle), in: request.headers),
            userAgent: request.headers[first: "user-agent"] ?? "")
        let prefix = name("device_")
        for cookie in Cookie.all(in: request.headers) where cookie.name.hasPrefix(prefix) {
            browser.devices[String(cookie.name.dropFirst(prefix.count))] = cookie.value
        }
        return browser
    }

    /// Logs the browser in for as long as the session lasts, and has it remember whom it knows.
    func set(_ loggedIn: LoggedIn, on response: inout Response, of exchange: Exchange) {
        let seconds = max(0, loggedIn.session.expiresAt.seconds - exchange.trail.now.seconds)
        set(loggedIn.device, on: &response, of: exchange)
        add(name("session"), loggedIn.cookie.text, maxAge: Int(seconds), to: &response)
    }

    /// Has the browser remember whom it knows, and forget the users beyond ``mostKnown`` whom it knows for longest: browsers
    /// send older cookies first (RFC 6265 §5.4).
    func set(_ device: KnownDevice, on response: inout Response, of exchange: Exchange) {
        let prefix = name("device_")
        let own = prefix + device.label
        let others = Cookie.all(in: exchange.request.headers).map(\.name).filter { $0.hasPrefix(prefix) && $0 != own }
        for name in others.dropLast(Self.mostKnown - 1) { add(name, "", maxAge: 0, to: &response) }
        add(own, device.value, maxAge: KnownDevice.lifetime, to: &response)
    }

    /// Users that one browser knows: where hundreds share it, their cookies would become longer than servers read.
    static let mostKnown = 20

    /// Logs the browser out.
    func clearSession(on response: inout Response) {
        add(name("session"), "", maxAge: 0, to: &response)
    }

    /// Ties a waiting request, or the forms outside of one, to this browser.
    ///
    /// - Parameter maxAge: seconds; nil until the browser ends.
    func set(binding: String, handle: String?, maxAge: Int?, on response: inout Response) {
        add(bindingName(handle), binding, maxAge: maxAge, to: &response)
    }

    /// The cookie that ties a request to the browser is named after the request, by a digest that tells nothing of it.
    private func bindingName(_ handle: String?) -> String {
        guard let handle else { return name("browser") }
        return name("browser_" + Base64URL.encode(Array(SHA256.hash(handle).prefix(9))))
    }

    /// Browsers take a `__Host-` cookie only from this very host and only by https, so no subdomain can plant one
    /// (GHSA-mq4x-r2w3-j7mr).
    private func name(_ purpose: String) -> String {
        site.isSecure ? "__Host-martlet_\(purpose)" : "martlet_\(purpose)"
    }

    private func add(_ name: String, _ value: String, maxAge: Int?, to response: inout Response) {
        let cookie = SetCookie(name: name, value: value, maxAge: maxAge, isSecure: site.isSecure, sameSite: .lax)
        if let cookie { response.headers.add("Set-Cookie", cookie.fieldValue) }
    }
}
