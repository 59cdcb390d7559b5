import HTTP
import Provider

/// Everything that is served, one line a route.
struct SiteMap {
    let routes: [Route]

    init(
        _ provider: OpenIDProvider, _ site: Site, _ errors: ErrorRendering, _ operations: Operations,
        loginPage: (any LoginPageRendering)?
    ) {
        let steps = StepRendering(
            site: site, sessions: BrowserSession(site: site), errors: errors,
            patience: provider.settings.lifetimes.parkedRequest, loginPage: loginPage)
        let described =
            Self.documents(provider, site) + Self.protocolEndpoints(provider, steps) + Self.pages(provider, steps)
            + Self.accounts(provider, steps) + Self.management(provider, site)
            + Self.sharedManagement(provider, site) + Self.applications(provider, steps)
            + Self.operations(operations, site)
        routes = described + [Self.description(of: described, on: site, provider.settings)]
    }

    /// The description of all routes, its own among them.
    private static func description(of routes: [Route], on site: Site, _ settings: Settings) -> Route {
        func route(_ handler: @escaping Route.Handler) -> Route {
            Route(.get, site.basePath + "/api/v1/openapi.json", .document, crossOrigin: .everybody, handler)
        }
        let itself = route { _ in Response(status: .ok) }
        return route(OpenAPIDocument(of: routes + [itself], on: site, settings).get)
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
        let logout = LogoutEndpoint(provider: provider, steps: steps)
        let anyClient = CrossOrigin.Policy.publicClients
        return [
            Route(.get, base + "/authorize", .page, limit: .authorize, authorize.get),
            Route(.post, base + "/authorize", .page, body: .form, limit: .authorize, authorize.post),
            Route(.get, base + "/logout", .page, logout.get),
            Route(.post, base + "/logout", .page, body: .form, logout.post),
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
                LandingPage(language: exchange.language(), exampleClient: provider.settings.exampleClient)
                    .page(on: site).response(on: site)
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

    /// Accounts in their owners' hands.
    private static func accounts(_ provider: OpenIDProvider, _ steps: StepRendering) -> [Route] {
        let base = steps.site.basePath
        let users = base + "/api/v1/users"
        let signUp = SignUpEndpoint(provider: provider, steps: steps)
        let reset = ResetPasswordEndpoint(provider: provider, steps: steps)
        let verify = VerifyEmailEndpoint(provider: provider, steps: steps)
        let api = AccountAPI(provider: provider)
        let open =
            provider.settings.isSignUpOpen
            ? [
                Route(.get, base + "/signup", .page, signUp.show),
                Route(.post, base + "/signup", .page, body: .form, limit: .signup, signUp.submit),
            ] : []
        return open + [
            Route(.get, base + "/reset-password", .page, reset.show),
            Route(.post, base + "/reset-password", .page, body: .form, reset.submit),
            Route(.get, base + "/verify-email", .page, verify.show),
            Route(.post, base + "/verify-email", .page, body: .form, verify.submit),
            // Closed, it answers 404 by itself; without a route the path would be a user's.
            Route(.post, users + "/signup", .openEndpoint, body: .json, limit: .signup, api.signUp),
            Route(.post, users + "/reset-password", .openEndpoint, body: .json, api.resetPassword),
            Route(.post, users + "/verify-email", .openEndpoint, body: .json, api.verifyEmail),
            Route(.get, users + "/profile", .bearerEndpoint(scope: "account"), api.profile),
            Route(.put, users + "/profile", .bearerEndpoint(scope: "account"), api.changeProfile),
        ]
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
            Route(method, api + path, .management, body: body, endpoint.guarding(body, .server, handler))
        }
        func tenantRoute(
            _ method: Method, _ path: String, body: Route.Body = .none, _ handler: @escaping ManagementEndpoint.Handler
        ) -> Route {
            Route(method, api + path, .management, body: body, endpoint.guarding(body, .tenants, handler))
        }
        return [
            tenantRoute(.post, "/oauth2/clients", body: .json, clients.create),
            tenantRoute(.get, "/oauth2/clients", clients.list),
            tenantRoute(.get, "/oauth2/clients/{clientId}", clients.get),
            tenantRoute(.patch, "/oauth2/clients/{clientId}", body: .json, clients.patch),
            tenantRoute(.put, "/oauth2/clients/{clientId}", body: .json, clients.put),
            tenantRoute(.delete, "/oauth2/clients/{clientId}", clients.delete),
            tenantRoute(.post, "/oauth2/clients/{clientId}/rotate-secret", body: .json, clients.rotateSecret),
            tenantRoute(.get, "/oauth2/clients/{clientId}/secrets", clients.secrets),
            tenantRoute(.delete, "/oauth2/clients/{clientId}/secrets/{secretId}", clients.removeSecret),
            route(.post, "/oauth2/scopes", body: .json, scopes.create),
            route(.get, "/oauth2/scopes", scopes.list),
            route(.get, "/oauth2/scopes/{scopeId}", scopes.get),
            route(.put, "/oauth2/scopes/{scopeId}", body: .json, scopes.put),
            route(.delete, "/oauth2/scopes/{scopeId}", scopes.delete),
            tenantRoute(.post, "/users", body: .json, users.create),
            tenantRoute(.get, "/users", users.list),
            tenantRoute(.get, "/users/{userId}", users.get),
            tenantRoute(.patch, "/users/{userId}", body: .json, users.change),
            tenantRoute(.put, "/users/{userId}", body: .json, users.change),
            tenantRoute(.delete, "/users/{userId}", users.delete),
            tenantRoute(.delete, "/users/{userId}/factors", users.resetFactors),
            route(.get, "/oauth2/events", events.list),
            route(.get, "/audit-logs", AuditManagement(provider: provider).list),
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
