import HTTP
import Provider

/// Clients that people ask for.
extension SiteMap {
    static func applications(_ provider: OpenIDProvider, _ steps: StepRendering) -> [Route] {
        let base = steps.site.basePath
        let api = base + "/api/v1/applications"
        let management = ApplicationManagement(provider: provider)
        let guards = ManagementEndpoint(provider: provider)
        let request = ApplicationEndpoint(provider: provider, steps: steps)
        let credentials = CredentialsEndpoint(provider: provider, steps: steps)
        let review = ApplicationReviewEndpoint(provider: provider, steps: steps)
        func route(
            _ method: Method, _ path: String, body: Route.Body = .none, _ handler: @escaping ManagementEndpoint.Handler
        ) -> Route {
            Route(method, api + path, .management, body: body, guards.guarding(body, .server, handler))
        }
        return [
            Route(.post, api, .openEndpoint, body: .json, limit: .registration, management.create),
            route(.get, "", management.list),
            route(.get, "/{applicationId}", management.get),
            route(.post, "/{applicationId}/approve", body: .json, management.approve),
            route(.post, "/{applicationId}/refuse", body: .json, management.refuse),
            route(.post, "/{applicationId}/resend", body: .json, management.resend),
            Route(.get, base + "/applications/new", .page, request.show),
            Route(
                .post, base + "/applications/new", .page, body: .form, limit: .registration, request.submit),
            Route(.get, base + "/applications/credentials", .page, credentials.show),
            Route(.post, base + "/applications/credentials", .page, body: .form, credentials.submit),
            Route(.get, base + "/applications", .page, review.list),
            Route(.get, base + "/applications/{applicationId}", .page, review.show),
            Route(.post, base + "/applications/{applicationId}", .page, body: .form, review.submit),
        ]
    }
}
