/// A credential that is named to a browser (Level 2 §5.8.3).
public struct CredentialDescriptor: Sendable, Hashable {
    /// The credential's id.
    public let id: [UInt8]
    /// Hints how to reach its authenticator, as the browser gave them at registration.
    public let transports: [String]

    /// A credential of this id.
    public init(id: [UInt8], transports: [String] = []) {
        self.id = id
        self.transports = transports
    }
}
