/// Why a message was not accepted. The reason is a literal of the source, so no byte of the message can come back in
/// an answer or reach a log through it.
public struct Refusal: Error, Sendable, Equatable, CustomStringConvertible {
    /// The status of the answer that a server gives.
    public let status: Status
    private let literal: StaticString

    /// A refusal for a reason that is written in the source.
    public init(_ status: Status, _ reason: StaticString) {
        self.status = status
        literal = reason
    }

    /// What was wrong: ASCII words without quotes, fit for `error_description`.
    public var reason: String { literal.description }

    /// The code with the reason, for logs and failing tests.
    public var description: String { "\(status.code) \(reason)" }

    /// The same status for the same reason.
    public static func == (one: Refusal, other: Refusal) -> Bool {
        one.status == other.status && one.reason == other.reason
    }
}
