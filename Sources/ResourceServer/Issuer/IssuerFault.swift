/// Why the issuer could not be asked: for the operator and the log, never for who sent the token.
public enum IssuerFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is asked of an issuer.
    public enum Subject: String, Sendable {
        /// Its metadata (OpenID Connect Discovery §4).
        case metadata
        /// Its keys (RFC 7517 §5).
        case keys
        /// Whether a token is alive (RFC 7662).
        case introspection
    }

    /// No answer came; the reason is the transport's.
    case unreachable(Subject, reason: String)
    /// An answer of another status than 200.
    case status(Int, of: Subject)
    /// The answer is not what it should be.
    case malformed(Subject, reason: String)
    /// The metadata are of another issuer (OpenID Connect Discovery §4.3).
    case foreignIssuer
    /// The metadata do not say where, or not in a way that is safe to follow.
    case noEndpoint(Subject, reason: String)

    /// Whether the issuer is away, which passes, rather than set up in another way than this program.
    public var isOutage: Bool {
        switch self {
        case .unreachable: true
        case .status(let code, _): code >= 500 || code == 429
        case .malformed, .foreignIssuer, .noEndpoint: false
        }
    }

    /// One line.
    public var description: String {
        switch self {
        case .unreachable(let subject, let reason): "\(subject) of the issuer: \(reason)"
        case .status(let code, let subject): "\(subject) of the issuer: status \(code)"
        case .malformed(let subject, let reason): "\(subject) of the issuer: \(reason)"
        case .foreignIssuer: "metadata of the issuer: they name another issuer"
        case .noEndpoint(let subject, let reason): "\(subject) of the issuer: its address \(reason)"
        }
    }
}

/// What a verifier tells of its issuer while it works. Called on the task that found out; it must not block.
public enum IssuerNotice: Sendable, Equatable {
    /// The keys were read; so many.
    case keysRead(count: Int)
    /// The keys could not be read. Those that are known go on being used for ``KeyCaching/staleness``.
    case keysNotRead(IssuerFault)
    /// A token could not be introspected.
    case notIntrospected(IssuerFault)
}
