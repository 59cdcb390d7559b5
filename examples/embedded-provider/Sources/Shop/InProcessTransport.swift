import HTTP
import ResourceServer

/// Reaches the issuer without a socket, since it is in this very program.
struct InProcessTransport: IssuerTransport {
    let issuer: String
    let respond: @Sendable (Request) async -> Response

    func send(_ request: IssuerRequest) async throws -> Response {
        guard request.url.hasPrefix(issuer) else { return Response(status: .notFound) }
        return await respond(
            Request(
                method: request.method, path: String(request.url.dropFirst(issuer.count)), headers: request.headers,
                body: request.body))
    }
}
