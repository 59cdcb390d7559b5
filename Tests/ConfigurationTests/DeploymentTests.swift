import HTTP
import HTTPClient
import HTTPServer
import Provider
import Testing

@testable import Configuration

@Suite("Settings: environment variables and flags")
struct DeploymentTests {
    private func deployment(_ environment: [String: String], _ flags: [(Setting, String)] = []) throws -> Deployment {
        try Deployment(GivenSettings(environment: environment, flags: flags))
    }

    @Test("without any setting the server is a loopback issuer over its own database")
    func defaults() throws {
        let deployment = try deployment([:])
        #expect(deployment.issuer.text == "http://127.0.0.1:8080")
        #expect(deployment.listen.description == "127.0.0.1:8080")
        #expect(deployment.database == .embedded)
        #expect(deployment.passwordCost == 17)
        #expect(deployment.passwordMemory == 512)
        #expect(deployment.maxConnections == 10_000)
        #expect(deployment.maxConnectionsPerAddress == 1024)
        #expect(deployment.profile == .standard && deployment.registrationProfile == .standard)
        #expect(
            deployment.lifetimes
                == .init(
                    accessToken: 3600, idToken: 3600, refreshToken: 2_592_000, authorizationCode: 60, session: 43_200))
        #expect(!deployment.isDemo)
        #expect(deployment.log == .info)
        #expect(deployment.passwordMinLength == 12)
        #expect(deployment.isSignUpOpen)
        #expect(deployment.mail.program == nil && deployment.mail.templates == nil)
        #expect(deployment.mail.sender.address.text == "no-reply@localhost")
    }

    @Test("accounts and mail: open or closed, by which program, from whom, in whose words")
    func accounts() throws {
        let given = try deployment([
            "MARTLET_SIGNUP": "off", "MARTLET_SENDMAIL": "/usr/sbin/sendmail", "MARTLET_PASSWORD_MIN_LENGTH": "15",
            "MARTLET_MAIL_FROM": "Example Inc. <accounts@example.org>", "MARTLET_MAIL_TEMPLATES": "words",
        ])
        #expect(!given.isSignUpOpen && given.passwordMinLength == 15)
        #expect(given.mail.program == "/usr/sbin/sendmail" && given.mail.templates == "words")
        #expect(given.mail.sender.name == "Example Inc." && given.mail.sender.address.text == "accounts@example.org")
        for (issuer, sender) in [
            ("https://id.example.org/realm", "no-reply@id.example.org"), ("http://[::1]:8080", "no-reply@localhost"),
            ("http://localhost:8080", "no-reply@localhost"), ("http://127.0.0.1", "no-reply@localhost"),
        ] {
            let environment = [
                "MARTLET_ISSUER": issuer, "MARTLET_BEHIND_TLS_PROXY": issuer.hasPrefix("https") ? "1" : "0",
            ]
            #expect(try deployment(environment).mail.sender.address.text == sender)
        }
    }

    @Test("a flag wins over its variable")
    func flagWins() throws {
        let deployment = try deployment(["MARTLET_LISTEN": "127.0.0.1:1"], [(.listen, "[::1]:2")])
        #expect(deployment.listen.description == "[::1]:2")
    }

    @Test("variables that Kubernetes injects beside a Service are ignored, others are refused by name")
    func unknown() throws {
        _ = try deployment([
            "MARTLET_SERVICE_HOST": "10.0.0.1", "MARTLET_PORT": "tcp://10.0.0.1:80",
            "MARTLET_PORT_8080_TCP_ADDR": "10.0.0.1", "OTHER": "x",
        ])
        #expect(
            throws: ConfigurationError("MARTLET_ISUER is not a setting; 'martlet help settings' lists those there are.")
        ) {
            try deployment(["MARTLET_ISUER": "https://id.example"])
        }
    }

    @Test(
        "malformed values stop the start with the name they were given by",
        arguments: [
            ("MARTLET_LISTEN", "8080"), ("MARTLET_DEMO", "yes"), ("MARTLET_BEHIND_TLS_PROXY", ""),
            ("MARTLET_PASSWORD_COST", "13"), ("MARTLET_PASSWORD_COST", "21"), ("MARTLET_PASSWORD_COST", "1e2"),
            ("MARTLET_PASSWORD_MEMORY", "127"), ("MARTLET_PASSWORD_MEMORY", "1e3"), ("MARTLET_MAX_CONNECTIONS", "0"),
            ("MARTLET_TRUSTED_PROXIES", "10.0.0.1/8"), ("MARTLET_EGRESS_ALLOW", "http://hooks.local"),
            ("MARTLET_LOG", "verbose"), ("MARTLET_DATABASE_URL", ""), ("MARTLET_DATABASE_URL", "db.local"),
            ("MARTLET_OWNER_DATABASE_URL", "dbname=x"), ("MARTLET_TLS_CERT", "cert.pem"),
            ("MARTLET_TLS_KEY", "key.pem"),
            ("MARTLET_ADMIN_CLIENT_ID", "a b"), ("MARTLET_ADMIN_CLIENT_SECRET", ""), ("MARTLET_KEYS_DIR", ""),
            ("MARTLET_RATE_LIMITS", "on"), ("MARTLET_RATE_LIMITS", "token:client=0/1"),
            ("MARTLET_RATE_LIMITS", "token:client=500"), ("MARTLET_RATE_LIMITS", "token:client=1/1,"),
            ("MARTLET_RATE_LIMITS", "authorize:client=1/1"), ("MARTLET_RATE_LIMITS", "token:client=1e3/1"),
            ("MARTLET_RATE_LIMITS", "tokens:client=1/1"), ("MARTLET_RATE_LIMITS", "token:client=1/1 1"),
            ("MARTLET_PROFILE", "strict"), ("MARTLET_REGISTRATION_PROFILE", ""), ("MARTLET_REGISTRATION", "maybe"),
            ("MARTLET_ACCESS_TOKEN_TTL", "0"), ("MARTLET_ID_TOKEN_TTL", "2592001"),
            ("MARTLET_REFRESH_TOKEN_TTL", "34560001"), ("MARTLET_AUTHORIZATION_CODE_TTL", "601"),
            ("MARTLET_SESSION_TTL", "59"), ("MARTLET_SESSION_TTL", "1h"), ("MARTLET_RATE_LIMITS", ""),
            ("MARTLET_SIGNUP", "1"), ("MARTLET_SIGNUP", ""), ("MARTLET_SENDMAIL", "sendmail"), ("MARTLET_SENDMAIL", ""),
            ("MARTLET_MAIL_FROM", "nobody"), ("MARTLET_MAIL_FROM", "A <a@b>\r\nBcc: <x@y>"),
            ("MARTLET_MAIL_TEMPLATES", ""), ("MARTLET_PASSWORD_MIN_LENGTH", "7"),
            ("MARTLET_PASSWORD_MIN_LENGTH", "65"), ("MARTLET_PASSWORD_MIN_LENGTH", "twelve"),
        ])
    func malformed(name: String, value: String) throws {
        let error = try #require(throws: ConfigurationError.self) { try deployment([name: value]) }
        #expect(error.description.hasPrefix(name + " "))
    }

    @Test(
        "what this version cannot do is refused, not ignored",
        arguments: [
            ("MARTLET_REGISTRATION", "open"), ("MARTLET_PROFILE", "oauth21"),
            ("MARTLET_REGISTRATION_PROFILE", "fapi2-security"), ("MARTLET_PROFILE", "fapi2-message-signing"),
            ("MARTLET_AUTHORIZATION_DETAILS_TYPES", "payment"),
        ])
    func notYet(name: String, value: String) throws {
        let error = try #require(throws: ConfigurationError.self) { try deployment([name: value]) }
        #expect(error.description.hasPrefix(name) && error.description.contains("not available yet"))
    }

    @Test("rate limits are rules, none, or those that are built in")
    func rateLimits() throws {
        #expect(try deployment([:]).rateLimits == nil)
        #expect(try deployment(["MARTLET_RATE_LIMITS": "off"]).rateLimits == [])
        let rules = try #require(
            try deployment(["MARTLET_RATE_LIMITS": "token:client=500/1000, login:address=2/10"]).rateLimits)
        #expect(rules.map(\.route) == [.token, .login])
        #expect(rules.map(\.subject) == [.client, .address])
        #expect(rules.map(\.rate) == [500, 2])
        #expect(rules.map(\.burst) == [1000, 10])
    }

    @Test("profiles and lifetimes are what the settings say")
    func profilesAndLifetimes() throws {
        let given = try deployment([
            "MARTLET_PROFILE": "legacy", "MARTLET_REGISTRATION_PROFILE": "legacy", "MARTLET_ACCESS_TOKEN_TTL": "1",
            "MARTLET_ID_TOKEN_TTL": "2", "MARTLET_REFRESH_TOKEN_TTL": "3", "MARTLET_AUTHORIZATION_CODE_TTL": "4",
            "MARTLET_SESSION_TTL": "60",
        ])
        #expect(given.profile == .legacy && given.registrationProfile == .legacy)
        #expect(
            given.lifetimes
                == .init(accessToken: 1, idToken: 2, refreshToken: 3, authorizationCode: 4, session: 60))
    }

    @Test(
        "RFC 7914 §2: the budget of memory must admit one hash of the cost, or the start stops and names both",
        arguments: [(14, 16), (17, 128), (20, 1024)])
    func passwordMemory(cost: Int, mebibytes: Int) throws {
        let fitting = ["MARTLET_PASSWORD_COST": "\(cost)", "MARTLET_PASSWORD_MEMORY": "\(mebibytes)"]
        #expect(try deployment(fitting).passwordMemory == mebibytes)
        let error = try #require(throws: ConfigurationError.self) {
            try deployment(fitting, [(.passwordMemory, "\(mebibytes - 1)")])
        }
        #expect(error.description.hasPrefix("--password-memory must be at least \(mebibytes)"))
        #expect(error.description.contains("MARTLET_PASSWORD_COST=\(cost)"))
    }

    @Test("the dearest passwords want more memory than the default, which is said too")
    func dearestPasswords() throws {
        let error = try #require(throws: ConfigurationError.self) { try deployment(["MARTLET_PASSWORD_COST": "20"]) }
        #expect(error.description.hasPrefix("MARTLET_PASSWORD_MEMORY must be at least 1024"))
    }

    @Test("lists may be empty, and are split at commas and spaces")
    func lists() throws {
        let empty = try deployment(["MARTLET_TRUSTED_PROXIES": "", "MARTLET_EGRESS_ALLOW": ""])
        #expect(empty.trustedProxies.isEmpty && empty.egressAllow == EgressAllowance())
        let full = try deployment([
            "MARTLET_TRUSTED_PROXIES": "10.0.0.0/8, fd00::/8", "MARTLET_EGRESS_ALLOW": "hooks.local 127.0.0.0/8",
        ])
        #expect(full.trustedProxies.map(\.description) == ["10.0.0.0/8", "fd00::/8"])
        #expect(full.egressAllow == (try EgressAllowance("hooks.local,127.0.0.0/8")))
    }

    @Test("an https issuer needs a certificate of its own, or a proxy that ends TLS; http goes with neither")
    func transport() throws {
        let https = "https://id.example"
        #expect(throws: ConfigurationError.self) { try deployment(["MARTLET_ISSUER": https]) }
        #expect(try deployment(["MARTLET_ISSUER": https, "MARTLET_BEHIND_TLS_PROXY": "1"]).issuer.isSecure)
        let files = ["MARTLET_TLS_CERT": "c.pem", "MARTLET_TLS_KEY": "k.pem"]
        #expect(try deployment(files.merging(["MARTLET_ISSUER": https]) { $1 }).certificate?.key == "k.pem")
        #expect(throws: ConfigurationError.self) { try deployment(files) }
        #expect(throws: ConfigurationError.self) { try deployment(["MARTLET_BEHIND_TLS_PROXY": "1"]) }
    }

    @Test("the owner's connection is the serving one unless it is given")
    func databases() throws {
        let one = try deployment(["MARTLET_DATABASE_URL": "dbname=m"])
        #expect(one.database == .external(serving: "dbname=m", owner: "dbname=m"))
        let two = try deployment([
            "MARTLET_DATABASE_URL": "postgresql://a@h1,h2/m", "MARTLET_OWNER_DATABASE_URL": "postgresql://o@h1,h2/m",
        ])
        #expect(two.database == .external(serving: "postgresql://a@h1,h2/m", owner: "postgresql://o@h1,h2/m"))
    }
}

@Suite("The issuer (OpenID Connect Discovery §3, RFC 8414 §2)")
struct IssuerTests {
    @Test(
        "accepted as it is",
        arguments: [
            "https://id.example", "https://id.example:8443", "https://id.example/tenant-1/x", "https://[2001:db8::1]",
            "http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080", "http://127.1.2.3",
        ])
    func accepted(_ text: String) throws {
        #expect(try Issuer(parsing: text).text == text)
    }

    @Test(
        "refused: one spelling only, and nothing but loopback over http",
        arguments: [
            "", "id.example", "https://", "https://id.example/", "http://127.0.0.1:8080/", "https://id.example?x=1",
            "https://id.example#f", "https://id.example/a//b", "https://id.example/../x", "https://id.example/%41",
            "https://user@id.example", "https://ID.example", "HTTPS://id.example", "https://id.example:443",
            "https://id.example:0", "https://id.example:65536", "https://id.example:08", "https://id.example:",
            "https://[::1", "https://[xyz]", "http://id.example", "http://10.0.0.1", "http://127.0.0.1.evil.example",
            "http://[2001:db8::1]", "http://127.0.0.1:80", "ftp://127.0.0.1", "https://id example",
        ])
    func refused(_ text: String) {
        #expect(throws: Issuer.Problem.self) { try Issuer(parsing: text) }
    }
}
