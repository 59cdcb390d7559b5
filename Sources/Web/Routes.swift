public import HTTP
import JOSE
public import Provider

/// The whole server without a socket: a request in, an answer out. What an embedding server calls, and what every test
/// of an endpoint calls too.
public struct Routes: Sendable {
    private let provider: OpenIDProvider
    private let site: Site
    private let table: RouteTable
    private let errors: ErrorRendering
    private let crossOrigin: CrossOrigin
    private let observe: @Sendable (Observation) -> Void

    /// The routes of a provider.
    ///
    /// - Parameters:
    ///   - operations: what `/health` and `/metrics` tell.
    ///   - loginPage: what is shown at `/login` in place of the provider's own page.
    ///   - observe: hears of every request once its answer stands; called on the task of the request, so it must not
    ///     block.
    public init(
        provider: OpenIDProvider, operations: Operations, loginPage: (any LoginPageRendering)? = nil,
        observe: @escaping @Sendable (Observation) -> Void = { _ in }
    ) {
        self.provider = provider
        site = Site(issuer: provider.settings.issuer)
        errors = ErrorRendering(site: site)
        crossOrigin = CrossOrigin(provider: provider)
        table = RouteTable(SiteMap(provider, site, errors, operations, loginPage: loginPage).routes)
        self.observe = observe
    }

    /// Answers a request. Every answer is complete but for what belongs to the connection (`Date`, `Content-Length`);
    /// that of a HEAD has the content a GET would have, for the connection to leave out.
    public func respond(to request: Request) async -> Response {
        let clock = ContinuousClock()
        let start = clock.now
        var request = request
        if request.id.isEmpty { request.id = Base64URL.encode(provider.surroundings.random(12)) }
        let place = table.place(at: request.path)
        let route = place?.route(for: request.method)
        let exchange = Exchange(request, site: site, ids: place?.ids ?? [], now: provider.surroundings.now())
        var response = await answer(exchange, place, route)
        SecurityHeaders.add(to: &response.headers, requestID: request.id, isSecure: site.isSecure)
        observe(
            Observation(
                route: (route ?? place?.routes.first)?.name ?? "unknown", method: request.method.rawValue,
                status: response.status.code, duration: start.duration(to: clock.now), requestID: request.id,
                address: exchange.trail.address, claimedClient: Observation.tellable(exchange.claimedClient),
                grantType: exchange.grantType, error: exchange.error))
        return response
    }

    /// Bytes of content that a request to this path may have; asked before the content is read.
    public func bodyLimit(_ method: Method, _ path: String) -> Int {
        table.place(at: path)?.route(for: method)?.bodyLimit ?? Route.defaultBodyLimit
    }

    /// The answer to a request that did not get as far as a route: malformed, too large, too slow, or unserved in time.
    ///
    /// - Parameter reason: ASCII words without `"` and `\` that repeat nothing of the request.
    public func refusal(_ status: Status, reason: String, requestID: String) -> Response {
        let error: OAuthError =
            switch status.code {
            case 503: OAuthError(.temporarilyUnavailable, reason, retryAfter: 1)
            case 500: OAuthError(.serverError, reason)
            case 429: OAuthError(.tooManyRequests, reason, retryAfter: 1)
            default: OAuthError(.invalidRequest, reason)
            }
        var response = errors.json(error, status: status)
        SecurityHeaders.add(to: &response.headers, requestID: requestID, isSecure: site.isSecure)
        return response
    }

    private func answer(_ exchange: Exchange, _ place: RouteTable.Place?, _ route: Route?) async -> Response {
        let request = exchange.request
        guard let place else {
            if request.method == .options, request.path == "*" { return Response(status: .noContent) }
            return nothingHere(exchange)
        }
        if request.method == .options { return await crossOrigin.preflight(request, at: place) }
        var response = if let route { await answer(exchange, route) } else { notAllowed(exchange, place) }
        // All routes of a place have one policy, and refusals are for the caller to read too.
        let policy = (route ?? place.routes.first)?.crossOrigin ?? .nobody
        if policy != .nobody { response.headers.addMissing(from: await crossOrigin.fields(for: request, policy)) }
        return response
    }

    private func answer(_ exchange: Exchange, _ route: Route) async -> Response {
        guard exchange.request.body.count <= route.bodyLimit else {
            exchange.status = .contentTooLarge
            let error = OAuthError(.invalidRequest, "The body is larger than \(route.bodyLimit) bytes.")
            return errors.response(error, exchange, kind: route.kind)
        }
        do {
            if let limit = route.limit {
                try provider.limits.spend(limit, .address, exchange.trail.network, at: exchange.trail.now)
            }
            try AddressSecrets.refuse(in: exchange, at: route.kind)
            if !route.kind.asksCredentialsFirst { try exchange.requireMediaType(of: route.body) }
            var response = try await route.handler(exchange)
            if let limit = route.limit, !response.headers.contains("ratelimit") {
                response.addLimits(states(of: limit, exchange))
            }
            return response
        } catch {
            return errors.response(error, exchange, kind: route.kind)
        }
    }

    /// How the limits stand for whoever was served: a client that is named has by then shown who it is.
    private func states(of limit: RateLimit.Route, _ exchange: Exchange) -> [RateLimitState] {
        var subjects: [(kind: RateLimit.Subject, id: String)] = [(.address, exchange.trail.network)]
        if let client = exchange.claimedClient { subjects.append((.client, client)) }
        return provider.limits.states(of: limit, for: subjects, at: exchange.trail.now)
    }

    private func nothingHere(_ exchange: Exchange) -> Response {
        let error = OAuthError(.notFound, "There is nothing at this address.")
        return errors.response(error, exchange, kind: kindOfUnknown(exchange.request))
    }

    private func notAllowed(_ exchange: Exchange, _ place: RouteTable.Place) -> Response {
        let error = OAuthError(.invalidRequest, "The method of the request is not served at this address.")
        let kind = place.routes.first?.kind ?? .operations
        exchange.status = .methodNotAllowed
        var response = errors.response(error, exchange, kind: kind)
        response.headers.set("Allow", place.allow)
        return response
    }

    /// A person in a browser gets a page, a program JSON.
    private func kindOfUnknown(_ request: Request) -> Route.Kind {
        let isProgram = request.path.hasPrefix(site.basePath + "/api/") || request.path.contains("/.well-known/")
        let wantsPage = request.headers.all("accept").contains { $0.lowercased().contains("text/html") }
        return wantsPage && !isProgram ? .page : .operations
    }
}
