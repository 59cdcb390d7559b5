/// What a service calls itself in `aud` (RFC 9068 §4). There is no verifier without one: a token for another service,
/// or for the provider itself, must never open this one.
public struct ExpectedAudience: Sendable, Equatable {
    /// A token must name one of these.
    public let names: [String]

    /// - Parameters:
    ///   - name: the service's identifier, usually its `https` address: what clients ask for as `resource`.
    ///   - others: further names it goes by, such as its former one.
    /// - Throws: ``SetupFault/audience`` when one is empty.
    public init(_ name: String, or others: String...) throws(SetupFault) {
        names = [name] + others
        guard names.allSatisfy({ !$0.isEmpty }) else { throw .audience }
    }
}
