/// Why a start stops: one sentence that names the setting at fault and says what it should be.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The sentence.
    public let description: String

    init(_ description: String) { self.description = description }

    /// Of a setting whose value only those can judge who use it; `problem` completes the sentence that begins with its
    /// name.
    public init(_ setting: Setting, _ problem: String) { description = "\(setting.variable) \(problem)." }

    /// `problem` completes the sentence that begins with the setting's name as it was given.
    init(_ value: GivenValue, _ problem: String) {
        description = "\(value.name) \(problem)."
    }
}
