import JOSE
import Testing

@testable import Configuration

@Suite("martlet config")
struct SettingsListingTests {
    @Test("every setting stands there once, with its value and source")
    func complete() throws {
        let given = try GivenSettings(
            environment: ["MARTLET_LISTEN": "[::1]:1"], flags: [(setting: .issuer, text: "http://localhost:1")])
        let rows = try #require(SettingsListing(given).json.array)
        #expect(rows.map { $0["setting"]?.string } == Setting.allCases.map(\.variable))
        let issuer = rows.first { $0["setting"] == "MARTLET_ISSUER" }
        #expect(issuer?["value"] == "http://localhost:1" && issuer?["source"] == "flag")
        let listen = rows.first { $0["setting"] == "MARTLET_LISTEN" }
        #expect(listen?["source"] == "environment")
        let registration = rows.first { $0["setting"] == "MARTLET_REGISTRATION" }
        #expect(registration?["available"] == false)
        #expect(SettingsListing(given).text.split(separator: "\n").count == Setting.allCases.count)
    }

    @Test("secrets never show, neither in the table nor in JSON")
    func masked() throws {
        let given = try GivenSettings(environment: [
            "MARTLET_ADMIN_CLIENT_SECRET": "hunter2hunter2", "MARTLET_DATABASE_URL": "postgresql://m:hunter2@h/d",
            "MARTLET_OWNER_DATABASE_URL": "host=h password='hunter2 \\' x' user=o",
        ])
        let listing = SettingsListing(given)
        #expect(!listing.text.contains("hunter2"))
        #expect(!listing.json.description.contains("hunter2"))
        #expect(listing.text.contains("postgresql://m:***@h/d"))
        #expect(listing.text.contains("host=h password=*** user=o"))
    }

    @Test(
        "passwords are found in both forms of libpq",
        arguments: [
            ("postgres://u:p@h:1,i:2/d?a=b", "postgres://u:***@h:1,i:2/d?a=b"),
            ("postgresql://u@h/d?password=p&sslpassword=q&x=y", "postgresql://u@h/d?password=***&sslpassword=***&x=y"),
            ("postgresql://u:p@p@h/d", "postgresql://u:***@h/d"),
            ("postgresql://u:p/p@h/d", "postgresql://u:***@h/d"),
            ("postgresql:///d", "postgresql:///d"),
            ("dbname=d password = p host=h", "dbname=d password=*** host=h"),
            ("PASSWORD=p\\ q user=u", "PASSWORD=*** user=u"),
            ("password='p", "password=***"), ("password=", "password=***"), ("p q", "***"),
        ])
    func connections(_ text: String, _ shown: String) {
        #expect(SecretMask.connection(text) == shown)
    }
}
