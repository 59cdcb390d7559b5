public import JOSE

/// Access tokens in a form of an embedder's own: opaque ones, for example, or JWTs for services that know another form.
///
/// Whatever a token looks like, what decides about it is its row: whose it is, what it was granted and until when it
/// lives, none of which a generator can change. Tokens that were made before, or are signed JWTs, go on being known.
public protocol AccessTokenGenerator: Sendable {
    /// The token for these contents: 1 to 4,096 characters of RFC 6750 §2.1's `b64token`.
    func token(for contents: AccessTokenContents) async throws(OAuthError) -> String

    /// What finds the row of a token that this generator made; nil for any other text.
    ///
    /// - Important: The id of a token is no secret: events and lists have it. A generator must know its own tokens by
    ///   more than that, such as a MAC or a signature, or whoever reads events can make one.
    func reference(in token: String) async throws(OAuthError) -> AccessTokenReference?
}

/// What an access token shall say.
public struct AccessTokenContents: Sendable {
    /// Its row as it is about to be written.
    public var token: AccessToken
    /// The claims of RFC 9068 §2.2 with those that were added.
    public var claims: JSON
    /// The client it is issued to.
    public var client: Client
    /// The user it stands for; nil for `client_credentials`.
    public var user: User?
}

/// What finds an access token's row.
public struct AccessTokenReference: Sendable, Equatable {
    /// `jti`.
    public var id: TokenID
    /// `exp`: the day of it is the partition of the row.
    public var expiresAt: Instant

    /// The token of this id and end.
    public init(id: TokenID, expiresAt: Instant) {
        self.id = id
        self.expiresAt = expiresAt
    }
}
