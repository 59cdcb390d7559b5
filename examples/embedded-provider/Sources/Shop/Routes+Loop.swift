import EventLoop
import HTTP
import Web

extension Routes {
    /// Answers a request on the loop that the stores belong to.
    func respond(to request: Request, on loop: Loop) async -> Response {
        do {
            return try await loop.run { await respond(to: request) }
        } catch {
            return refusal(.serviceUnavailable, reason: "The server is stopping.", requestID: request.id)
        }
    }
}
