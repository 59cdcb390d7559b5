internal import Configuration
internal import JOSE

/// What a start prints on standard output: where the server is and, the one time they are known, its secrets.
struct Announcement {
    let issuer: String
    var administrator: Credential?
    var demoClient: Credential?
    var demoUser: Credential?

    private var discovery: String { issuer + "/.well-known/openid-configuration" }

    /// One line that proves that it works.
    private var proof: String {
        if let demoClient, let secret = demoClient.secret {
            return "curl -u '\(demoClient.name):\(secret)' -d grant_type=client_credentials "
                + "\(issuer)/api/v1/oauth2/token"
        }
        return "curl \(discovery)"
    }

    var text: String {
        var rows = [["Issuer", issuer], ["Discovery", discovery]]
        if let demoUser { rows.append(["Demo user", Self.words(demoUser, "password")]) }
        if let demoClient { rows.append(["Demo client", Self.words(demoClient, "secret")]) }
        if let administrator { rows.append(["Admin client", Self.words(administrator, "secret")]) }
        var text = "Martlet is running.\n\n" + TextTable(rows.map { ["  " + $0[0]] + $0.dropFirst() }).text
        if [administrator, demoClient, demoUser].contains(where: { $0?.secret != nil }) {
            text += "\nSecrets and passwords are printed this once; only their hashes are kept.\n"
        }
        return text + "\nTry it:\n  \(proof)\n\n"
    }

    var json: JSON {
        var members: [(name: String, value: JSON)] = [("issuer", .string(issuer)), ("discovery", .string(discovery))]
        for (name, credential) in [
            ("demoUser", demoUser), ("demoClient", demoClient), ("adminClient", administrator),
        ] {
            guard let credential else { continue }
            members.append(
                (name, ["name": .string(credential.name), "secret": credential.secret.map { .string($0) } ?? .null]))
        }
        return .object(JSONObject(members))
    }

    private static func words(_ credential: Credential, _ kind: String) -> String {
        guard !credential.isGiven else { return "\(credential.name) (\(kind): the one in the settings)" }
        guard let secret = credential.secret else { return "\(credential.name) (\(kind): printed when it was made)" }
        return "\(credential.name)  \(kind)  \(secret)"
    }
}
