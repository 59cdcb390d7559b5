/// The fields of a request that the reader itself must understand, as they come by.
struct RequestHeadFields: FieldObserver, Sendable {
    private(set) var framing = MessageFraming()
    /// What the request target says the host is, if it does.
    private let authority: String?
    private var hasHost = false
    private var expects = false
    private var expectsOther = false

    init(_ line: RequestLine) {
        authority = line.authority
    }

    mutating func notice(name: Span<UInt8>, value: Span<UInt8>) throws(Refusal) {
        switch name.count {
        case 4 where Grammar.equals(name, ignoringCase: "host"):
            guard !hasHost else { throw Refusal(.badRequest, "Host stands more than once") }
            guard HostField.isValid(value) else { throw Refusal(.badRequest, "Host is malformed") }
            // RFC 9112 §3.2.2 has the target win. Whoever sends two names means no good, or does not know which.
            if let authority, String(repairing: value).lowercased() != authority.lowercased() {
                throw Self.otherHost
            }
            hasHost = true
        case 6 where Grammar.equals(name, ignoringCase: "expect"):
            if Grammar.equals(value, ignoringCase: "100-continue") { expects = true } else { expectsOther = true }
        default:
            try framing.notice(name: name, value: value)
        }
    }

    private static let otherHost = Refusal(.badRequest, "the request target names another host than Host")

    /// How the content is delimited, once the head is complete; a request without framing fields has no content.
    func content(of line: RequestLine) throws(Refusal) -> ContentFraming {
        guard hasHost || !line.isVersion11 else { throw Refusal(.badRequest, "Host is missing") }
        guard hasHost || authority == nil else { throw Self.otherHost }
        let content = try framing.content(isVersion11: line.isVersion11) ?? .none
        guard !expectsOther else { throw Refusal(.expectationFailed, "only 100-continue can be expected") }
        return content
    }

    /// Whether the client waits for `100 Continue` (RFC 9110 §10.1.1): not in HTTP/1.0, not without content.
    func expectsContinue(_ line: RequestLine, _ content: ContentFraming) -> Bool {
        expects && line.isVersion11 && content != .none
    }
}
