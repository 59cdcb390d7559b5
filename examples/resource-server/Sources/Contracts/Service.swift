import HTTP
import JOSE
import ResourceServer

/// The service: contracts, for those whose token says that they may read them.
struct Service: Sendable {
    let verifier: AccessTokenVerifier

    func respond(to request: Request) async -> Response {
        switch (request.method, request.path) {
        case (.get, "/resource"), (.head, "/resource"):
            return await guarded(request, requiring: ["contracts:read"]) { token in
                ["owner": .string(token.subject), "client": .string(token.clientID), "contracts": ["C-1", "C-2"]]
            }
        case (.post, "/resource"):
            return await guarded(request, requiring: ["contracts:read", "contracts:write"]) { token in
                ["owner": .string(token.subject), "signed": true]
            }
        case (_, "/resource"):
            return Response(status: .methodNotAllowed, headers: ["Allow": "GET, HEAD, POST"])
        default:
            return Response(status: .notFound)
        }
    }

    private func guarded(
        _ request: Request, requiring scopes: [String], _ answer: (VerifiedAccessToken) -> JSON
    ) async -> Response {
        do {
            let token = try await verifier.admit(request, requiring: scopes)
            return Response(
                status: .ok, headers: ["Content-Type": "application/json", "Cache-Control": "no-store"],
                body: answer(token).encoded())
        } catch {
            return verifier.response(to: error)
        }
    }
}
