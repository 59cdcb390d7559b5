import HTTP
import JOSE

extension Response {
    /// JSON for the caller alone: nobody keeps it.
    static func json(_ value: JSON, status: Status = .ok) -> Response {
        var response = Response(status: status, body: value.encoded())
        response.headers.set("Content-Type", "application/json")
        response.headers.set("Cache-Control", "no-store")
        response.headers.set("Pragma", "no-cache")
        return response
    }
}
