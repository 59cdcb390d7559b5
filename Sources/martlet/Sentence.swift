internal import Postgres
internal import Provider

/// A refusal in words for the operator: what is wrong and what to do.
struct Refusal: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// What an operator is told of an error.
enum Sentence {
    static func about(_ error: any Error) -> String {
        switch error {
        case let error as OAuthError:
            error.detail.map { "\(error.description) (\($0))" } ?? error.description
        case let error as DatabaseError: about(error)
        default: "\(error)"
        }
    }

    private static func about(_ error: DatabaseError) -> String {
        switch error {
        case .unavailable(let reason): "The database cannot be reached: \(reason)"
        case .refused(let state, let message): "The database refused (\(state)): \(message)"
        default: "The database did not do what it was asked: \(error)"
        }
    }
}
