internal import JOSE
internal import Provider

/// A client and a user to try the server with, made once.
struct Demo {
    let provider: OpenIDProvider

    static let clientID = ClientID("demo")
    private static let username = "demo"

    /// Makes what is missing.
    func run(_ trail: Trail) async throws -> (client: Credential, user: Credential) {
        (try await client(trail), try await user(trail))
    }

    /// Fits the relying party and the resource server in `examples/`; on a loopback address any port will do (RFC 8252
    /// §7.3).
    private func client(_ trail: Trail) async throws -> Credential {
        let id = Self.clientID
        guard try await provider.stores.clients.client(id, at: trail.now) == nil else {
            return Credential(name: id.text, secret: nil)
        }
        var client = Client(id: id, name: "Demo", kind: .confidential, createdAt: trail.now)
        let hosts = ["127.0.0.1", "[::1]", "localhost"]
        client.redirectURIs = hosts.map { "http://\($0):9090/callback" }
        client.postLogoutRedirectURIs = hosts.map { "http://\($0):9090/" }
        client.grantTypes = [.authorizationCode, .refreshToken, .clientCredentials, .deviceCode]
        client.allowedScopes = ScopeList([
            "openid", "profile", "email", "address", "phone", "offline_access", "contracts:read", "contracts:write",
        ])
        client.allowedResources = ["http://127.0.0.1:9091"]
        let secret = provider.newSecret(for: id, at: trail.now)
        let isFirst = try await provider.stores.clients.registerIfNew(client, secret: secret.row, trail)
        return Credential(name: id.text, secret: isFirst ? secret.text : nil)
    }

    private func user(_ trail: Trail) async throws -> Credential {
        let told = Credential(name: Self.username, secret: nil)
        let key = try provider.names.keys(of: Self.username).keys.folded
        guard try await provider.stores.users.user(named: key) == nil else { return told }
        let password = Self.password(for: provider)
        do {
            _ = try await provider.createUser(
                [
                    "username": .string(Self.username), "password": .string(password), "name": "Demo User",
                    "givenName": "Demo", "familyName": "User", "email": "demo@example.com", "emailVerified": true,
                    "tenantId": "demo", "roles": ["viewer"],
                ], trail)
        } catch {
            guard error.code == .conflict else { throw error }
            return told
        }
        return Credential(name: Self.username, secret: password)
    }

    /// Groups of four letters and digits that cannot be mistaken for one another, as many as the policy asks for and four
    /// at least: 20 random bits each.
    static func password(for provider: OpenIDProvider) -> String {
        let alphabet = Array("abcdefghjkmnpqrstuvwxyz23456789z")
        let count = max(4, (provider.settings.passwords.shortest + 5) / 5)
        let letters = provider.surroundings.random(4 * count).map { alphabet[Int($0 & 31)] }
        return stride(from: 0, to: letters.count, by: 4).map { start in
            String(letters[start..<min(start + 4, letters.count)])
        }.joined(separator: "-")
    }
}
