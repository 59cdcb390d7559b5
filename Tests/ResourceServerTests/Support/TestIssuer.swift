import Crypto
import HTTP
import JOSE
import Synchronization

@testable import ResourceServer

/// An issuer that lives in memory: what it publishes, what it was asked, and how it fails.
final class TestIssuer: IssuerTransport {
    /// The transport has no answer.
    struct Away: Error {}

    struct State: Sendable {
        var keys: [JWK] = []
        var metadata: JSON
        var keyFields: Headers = ["Cache-Control": "public, max-age=300"]
        /// Whether no answer comes at all.
        var isAway = false
        /// What is answered in place of a document, by its path.
        var instead: [String: Response] = [:]
        /// What introspection says.
        var introspection: JSON = ["active": true]
        var requests: [IssuerRequest] = []
    }

    static let metadata: JSON = [
        "issuer": .string(Forge.issuer), "jwks_uri": "https://id.example/keys",
        "introspection_endpoint": "https://id.example/introspect",
    ]

    /// The metadata with changes; nil takes a member away.
    static func metadata(with changes: [(String, JSON?)]) -> JSON {
        var object = metadata.object ?? JSONObject()
        for (name, value) in changes { object[name] = value }
        return .object(object)
    }

    private let state: Mutex<State>
    private let gate = Gate()

    init(_ keys: [SigningKey]) {
        state = Mutex(State(keys: keys.map { JWK($0.verificationKey) }, metadata: Self.metadata))
    }

    /// Changes what it publishes.
    func change(_ change: (inout sending State) -> Void) { state.withLock { change(&$0) } }

    func publish(_ keys: [SigningKey]) { change { $0.keys = keys.map { JWK($0.verificationKey) } } }

    /// The paths it was asked for.
    var asked: [String] {
        state.withLock { $0.requests.map { String($0.url.dropFirst("https://id.example".count)) } }
    }

    /// How often it was asked for its keys.
    var readings: Int { asked.count { $0 == "/keys" } }

    /// The requests for introspection.
    var introspections: [IssuerRequest] {
        state.withLock { $0.requests.filter { $0.url.hasSuffix("/introspect") } }
    }

    /// Holds every answer back until ``release()``.
    func hold() { gate.close() }
    func release() { gate.open() }

    func send(_ request: IssuerRequest) async throws -> Response {
        state.withLock { $0.requests.append(request) }
        await gate.pass()
        return try state.withLock { state in
            if state.isAway { throw Away() }
            switch request.url {
            case "https://id.example/.well-known/openid-configuration":
                return state.instead["metadata"] ?? Response(status: .ok, body: state.metadata.encoded())
            case "https://id.example/keys":
                return state.instead["keys"]
                    ?? Response(status: .ok, headers: state.keyFields, body: JWKS(state.keys).json.encoded())
            case "https://id.example/introspect":
                return state.instead["introspect"] ?? Response(status: .ok, body: state.introspection.encoded())
            default:
                return Response(status: .notFound)
            }
        }
    }
}

/// Open at first; while it is closed, tasks wait before it.
private final class Gate: Sendable {
    private struct State {
        var isClosed = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func close() { state.withLock { $0.isClosed = true } }

    func open() {
        let waiting = state.withLock { state in
            state.isClosed = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func pass() async {
        await withCheckedContinuation { continuation in
            let isClosed = state.withLock { state in
                if state.isClosed { state.waiting.append(continuation) }
                return state.isClosed
            }
            if !isClosed { continuation.resume() }
        }
    }
}
