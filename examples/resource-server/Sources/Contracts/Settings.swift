import Foundation
import HTTPServer
import ResourceServer

/// What the environment says.
struct Settings {
    /// The provider.
    let issuer: String
    /// What this service is called in `aud`; clients ask for it as `resource`.
    let audience: String
    let listen: ListenAddress
    /// Whom to be when the provider is asked about tokens; without it revoked tokens are noticed when they expire.
    let introspection: IntrospectionPolicy?

    struct Malformed: Error, CustomStringConvertible {
        let description: String
    }

    init(_ environment: [String: String]) throws {
        issuer = environment["ISSUER"] ?? "http://127.0.0.1:8080"
        audience = environment["AUDIENCE"] ?? "http://127.0.0.1:9091"
        guard let listen = ListenAddress(environment["LISTEN"] ?? "127.0.0.1:9091") else {
            throw Malformed(description: "LISTEN must be host:port")
        }
        self.listen = listen
        guard let secret = environment["CLIENT_SECRET"] else {
            introspection = nil
            return
        }
        introspection = IntrospectionPolicy(clientID: environment["CLIENT_ID"] ?? "demo", clientSecret: secret)
    }
}
