import HTTP
import Provider

/// Everything that is served, one line a route.
struct SiteMap {
    let routes: [Route]

    init(_ provider: OpenIDProvider, _ site: Site, _ errors: ErrorRendering, _ operations: Operations) {
        let steps = StepRendering(
            site: site, sessions: BrowserSession(site: site), errors: errors,
            patience: provider.settings.lifetimes.parkedRequest)
        routes =
            Self.documents(provider, site) + Self.protocolEndpoints(provider, steps) + Self.pages(provider, steps)
            + Self.management(provider, site) + Self.sharedManagement(provider, site)
            + Self.operations(operations, site)
    }

    private static func documents(_ provider: OpenIDProvider, _ site: Site) -> [Route] {
        let documents = PublicDocuments(provider: provider)
        let base = site.basePath
        var routes = [
            Route(
                .get, base + "/.well-known/openid-configuration", .document, crossOrigin: .everybody,
                documents.metadata),
            // RFC 8414 §3.1: the well-known part stands before the issuer's own path.
            Route(
                .get, "/.well-known/oauth-authorization-server" + base, .document, crossOrigin: .everybody,
                documents.metadata),
            Route(.get, base + "/.well-known/jwks.json", .document, crossOrigin: .everybody, documents.jwks),
        ]
        routes += site.assets.all.map { file in
            Route(.get, "\(base)/assets/\(file.name)", .document, name: base + "/assets/{file}") { _ in file.response()
            }
        }
        return routes
    }

    private static func protocolEndpoints(_ provider: OpenIDProvider, _ steps: StepRendering) -> [Route] {
        let base = steps.site.basePath + "/api/v1/oauth2"
        let authorize = AuthorizationEndpoint(provider: provider, steps: steps)
        let userInfo = UserInfoEndpoint(provider: provider)
        let anyClient = CrossOrigin.Policy.publicClients
        return [
            Route(.get, base + "/authorize", .page, limit: .authorize, authorize.get),
            Route(.post, base + "/authorize", .page, body: .form, limit: .authorize, authorize.post),
            Route(
                .post, base + "/token", .clientEndpoint, body: .formOrJSON, crossOrigin: anyClient, limit: .token,
                TokenEndpoint(provider: provider).post),
            Route(
                .post, base + "/revoke", .clientEndpoint, body: .formOrJSON, crossOrigin: anyClient,
                RevocationEndpoint(provider: provider).post),
            Route(
                .post, base + "/introspect", .clientEndpoint, body: .formOrJSON, limit: .introspect,
                IntrospectionEndpoint(provider: provider).post),
            Route(
                .post, base + "/device-authorization", .clientEndpoint, body: .formOrJSON, limit: .device,
                DeviceAuthorizationEndpoint(provider: provider).post),
            Route(.get, base + "/userinfo", .bearerEndpoint(scope: "openid"), crossOrigin: anyClient, userInfo.get),
            Route(
                .post, base + "/userinfo", .bearerEndpoint(scope: "openid"), body: .form, crossOrigin: anyClient,
                userInfo.post),
        ]
    }

    private static func pages(_ provider: OpenIDProvider, _ steps: StepRendering) -> [Route] {
        let site = steps.site
        let base = site.basePath
        let login = LoginEndpoint(provider: provider, steps: steps)
        let consent = ConsentEndpoint(provider: provider, steps: steps)
        let device = DeviceEndpoint(provider: provider, steps: steps)
        let account = AccountEndpoint(provider: provider, steps: steps)
        let own = [
            Route(.get, base + "/", .page) { exchange in
                LandingPage(language: exchange.language()).page(on: site).response(on: site)
            },
            Route(.get, base + "/login", .page, login.show),
            Route(.post, base + "/login", .page, body: .form, limit: .login, login.submit),
            Route(.get, base + "/consent", .page, consent.show),
            Route(.post, base + "/consent", .page, body: .form, consent.submit),
            Route(.get, base + "/device", .page, device.show),
            Route(.post, base + "/device", .page, body: .form, device.submit),
            Route(.get, base + "/account", .page, account.show),
            Route(.post, base + "/account", .page, body: .form, account.submit),
        ]
        let errors = OAuthError.Code.allCases.map { code in
            Route(.get, "\(base)/errors/\(code.rawValue)", .page, name: base + "/errors/{code}") { _ in
                ErrorCodePage(code: code).page(on: site).response(on: site)
            }
        }
        return own + errors
    }

    private static func management(_ provider: OpenIDProvider, _ site: Site) -> [Route] {
        let endpoint = ManagementEndpoint(provider: provider)
        let api = site.basePath + "/api/v1"
        let clients = ClientManagement(provider: provider)
        let scopes = ScopeManagement(provider: provider)
        let users = UserManagement(provider: provider)
        let events = EventManagement(provider: provider)
        func route(
            _ method: Method, _ path: String, body: Route.Body = .none, _ handler: @escaping ManagementEndpoint.Handler
        ) -> Route {
            Route(method, api + path, .management, body: body, endpoint.guarding(body, handler))
        }
        return [
            route(.post, "/oauth2/clients", body: .json, clients.create),
            route(.get, "/oauth2/clients", clients.list),
            route(.get, "/oauth2/clients/{clientId}", clients.get),
            route(.patch, "/oauth2/clients/{clientId}", body: .json, clients.patch),
            route(.put, "/oauth2/clients/{clientId}", body: .json, clients.put),
            route(.delete, "/oauth2/clients/{clientId}", clients.delete),
            route(.post, "/oauth2/clients/{clientId}/rotate-secret", body: .json, clients.rotateSecret),
            route(.get, "/oauth2/clients/{clientId}/secrets", clients.secrets),
            route(.delete, "/oauth2/clients/{clientId}/secrets/{secretId}", clients.removeSecret),
            route(.post, "/oauth2/scopes", body: .json, scopes.create),
            route(.get, "/oauth2/scopes", scopes.list),
            route(.get, "/oauth2/scopes/{scopeId}", scopes.get),
            route(.put, "/oauth2/scopes/{scopeId}", body: .json, scopes.put),
            route(.delete, "/oauth2/scopes/{scopeId}", scopes.delete),
            route(.post, "/users", body: .json, users.create),
            route(.get, "/users", users.list),
            route(.get, "/users/{userId}", users.get),
            route(.get, "/oauth2/events", events.list),
            route(.get, "/oauth2/rate-limits", RateLimitManagement(provider: provider).list),
        ] + webhooks(events, under: "/oauth2/events/webhooks", route)
            + webhooks(events, under: "/oauth2/webhooks", route)
    }

    private typealias ManagementRoute = (Method, String, Route.Body, @escaping ManagementEndpoint.Handler) -> Route

    /// Webhooks stand beside the events they tell of and, by their own name, beside the other management objects.
    private static func webhooks(
        _ events: EventManagement, under path: String, _ route: ManagementRoute
    ) -> [Route] {
        [
            route(.post, path, .json, events.createWebhook),
            route(.get, path, .none, events.webhooks),
            route(.delete, path + "/{webhookId}", .none, events.deleteWebhook),
            route(.get, path + "/{webhookId}/deliveries", .none, events.deliveries),
            route(.post, path + "/{webhookId}/replay", .json, events.replay),
        ]
    }

    /// What users reach, too, as far as it is theirs.
    private static func sharedManagement(_ provider: OpenIDProvider, _ site: Site) -> [Route] {
        let endpoint = ManagementEndpoint(provider: provider)
        let consents = ConsentManagement(provider: provider)
        let sessions = SessionManagement(provider: provider)
        let tokens = TokenManagement(provider: provider)
        func route(
            _ method: Method, _ path: String, body: Route.Body = .none,
            _ handler: @escaping ManagementEndpoint.SharedHandler
        ) -> Route {
            let pattern = site.basePath + "/api/v1/oauth2" + path
            return Route(method, pattern, .sharedManagement, body: body, endpoint.sharing(body, handler))
        }
        return [
            route(.post, "/consents", body: .json, consents.create),
            route(.get, "/consents", consents.list),
            route(.get, "/consents/{consentId}", consents.get),
            route(.delete, "/consents/{consentId}", consents.delete),
            route(.get, "/sessions", sessions.list),
            route(.delete, "/sessions", sessions.deleteAll),
            route(.get, "/sessions/{sessionId}", sessions.get),
            route(.delete, "/sessions/{sessionId}", sessions.delete),
            route(.get, "/tokens", tokens.list),
            route(.post, "/tokens/revoke", body: .json, tokens.revoke),
            route(.post, "/tokens/bulk-revoke", body: .json, tokens.bulkRevoke),
        ]
    }

    private static func operations(_ operations: Operations, _ site: Site) -> [Route] {
        [
            Route(.get, site.basePath + "/health/live", .operations, operations.live),
            Route(.get, site.basePath + "/health/ready", .operations, operations.readiness),
            Route(.get, site.basePath + "/metrics", .operations, operations.metrics),
        ]
    }
}
