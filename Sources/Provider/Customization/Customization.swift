/// What a server that embeds the provider decides itself. Without any of it nothing is asked, and nothing is slower.
public struct Customization: Sendable {
    /// How long what is issued lives; nil for what the settings and the client's registration say.
    public var lifetimes: (any LifetimeRule)?
    /// Claims beside the usual; nil for none.
    public var claims: (any ClaimsSource)?
    /// The form of access tokens; nil for signed JWTs (RFC 9068).
    public var accessTokens: (any AccessTokenGenerator)?

    /// Martlet as it is.
    public init() {}
}
