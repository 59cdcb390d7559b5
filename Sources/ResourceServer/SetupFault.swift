/// Why a verifier cannot be set up: a mistake of the program or its configuration, never of a request.
public enum SetupFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// The issuer is no URL of a provider; the words say why.
    case issuer(String)
    /// An audience is empty.
    case audience

    /// One sentence for the operator.
    public var description: String {
        switch self {
        case .issuer(let reason): "the issuer \(reason)"
        case .audience: "the audience must not be empty: it is what keeps the tokens of other services out"
        }
    }
}
