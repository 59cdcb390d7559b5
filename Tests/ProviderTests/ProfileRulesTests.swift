import JOSE
import Testing

@testable import Provider

@Suite("Standard claims as people write them (OpenID Connect Core §5.1)")
struct ProfileRulesTests {
    @Test(
        "what each claim may be",
        arguments: [
            ("website", "https://example.org"), ("picture", "http://example.org:8080/a.png?x=1#y"),
            ("profile", "HTTPS://[2001:db8::1]/me"), ("birthdate", "1990-12-31"), ("birthdate", "0000-02-29"),
            ("birthdate", "1990"), ("birthdate", "2000-02-29"), ("zoneinfo", "Europe/Berlin"), ("zoneinfo", "UTC"),
            ("zoneinfo", "America/Argentina/Buenos_Aires"), ("zoneinfo", "Etc/GMT+1"), ("locale", "de"),
            ("locale", "de-AT"), ("locale", "en_US"), ("locale", "zh-Hant-TW"), ("phone_number", "+49 30 1234567"),
            ("phone_number", "+1 (425) 555-1212"), ("phone_number", "+1 (604) 555-1234;ext=5678"),
            ("gender", "whatever"), ("name", "Zoë Müller-Lüdenscheidt"),
        ])
    func good(claim: String, text: String) { #expect(ProfileRules.problem(claim, text) == nil) }

    @Test(
        "and what it may not",
        arguments: [
            ("website", "example.org"), ("website", "javascript:alert(1)"), ("picture", "JavaScript:alert(1)"),
            ("picture", "data:image/png;base64,x"), ("profile", "https://"), ("profile", "https://u:p@example.org/"),
            ("website", "https://exa mple.org"), ("website", "ftp://example.org"), ("website", ""),
            ("website", "https://example.org:99999/"), ("birthdate", "31.12.1990"), ("birthdate", "1990-13-01"),
            ("birthdate", "1990-02-29"), ("birthdate", "1990-1-1"), ("birthdate", "0000"), ("birthdate", "90"),
            ("birthdate", "1990-12-31T00:00:00Z"), ("birthdate", ""), ("birthdate", "1990-12-"),
            ("zoneinfo", "Europe / Berlin"), ("zoneinfo", ""), ("zoneinfo", "/"), ("zoneinfo", "Europe//Berlin"),
            ("zoneinfo", "../../etc/passwd"), ("locale", ""), ("locale", "d"), ("locale", "de-"), ("locale", "de AT"),
            ("locale", "deutsch-deutschland-x"), ("phone_number", "030 1234567"), ("phone_number", "+49"),
            ("phone_number", "+49 30 12345678901234"), ("phone_number", "+49 30 CALLME1"), ("phone_number", ""),
            ("phone_number", "+49 30 1234567;ext="), ("phone_number", "+49 30 1234567;tel=1"), ("name", "   "),
            ("nickname", ""),
        ])
    func bad(claim: String, text: String) { #expect(ProfileRules.problem(claim, text) != nil) }

    private func changed(_ user: User, _ body: JSON, keepsReadOnly: Bool = true) throws(OAuthError) -> User {
        var profile = try UserProfile(body)
        var user = user
        try profile.applyOwn(to: &user, keepsReadOnly: keepsReadOnly)
        return user
    }

    private func refusal(_ user: User, _ body: JSON, keepsReadOnly: Bool = true) -> OAuthError? {
        do {
            _ = try changed(user, body, keepsReadOnly: keepsReadOnly)
            return nil
        } catch { return error }
    }

    @Test(
        "OpenID Connect Core §5.1.1: a whole address and a street may take several lines",
        arguments: ["formatted", "street_address"], ["Weg 1\n10115 Berlin", "Weg 1\r\n10115 Berlin"])
    func addressOfSeveralLines(member: String, text: String) throws {
        let body: JSON = ["address": .object(JSONObject([(member, .string(text))]))]
        #expect(try changed(user(), body).claims["address"]?[member] == "Weg 1\n10115 Berlin")
    }

    @Test(
        "nothing else of an address has lines, and a carriage return alone parts none",
        arguments: [
            ("locality", "Ber\nlin"), ("region", "Ber\r\nlin"), ("postalCode", "1\n1"), ("country", "\n"),
            ("formatted", "Weg 1\r10115 Berlin"), ("streetAddress", "Weg\u{0}1"), ("formatted", "Weg 1\n\r10115"),
        ])
    func addressOfOneLine(member: String, text: String) {
        let error = refusal(user(), ["address": .object(JSONObject([(member, .string(text))]))])
        #expect(error?.code == .invalidRequest && error?.parameter == member)
    }

    @Test("a profile can be sent back as it was read; what others decide cannot be changed")
    func readOnly() throws {
        var user = user(roles: ["viewer"])
        user.email = "anna@example.org"
        user.emailVerified = true
        user.claims = ["name": "Anna", "phone_number_verified": true]
        #expect(try changed(user, user.json) == user)
        let attempts: [(String, JSON)] = [
            ("roles", ["viewer", "admin"]), ("tenantId", "other"), ("emailVerified", false), ("username", "bert"),
            ("id", "u2"), ("phoneNumberVerified", false), ("sub", "u2"),
        ]
        for (member, value) in attempts {
            #expect(refusal(user, .object(JSONObject([(member, value)])))?.parameter == member)
        }
        #expect(refusal(user, ["password": "correct horse battery"])?.parameter == "password")
        #expect(refusal(user, ["colour": "red"])?.parameter == "colour")
        // Whoever signs up has nothing yet that could be sent back.
        for member in ["roles", "tenantId", "emailVerified", "id"] {
            #expect(refusal(user, .object(JSONObject([(member, .null)])), keepsReadOnly: false)?.parameter == member)
        }
    }

    @Test("another address or number is not confirmed; the same one stays so; null takes a claim away")
    func changes() throws {
        var user = user()
        user.email = "anna@example.org"
        user.emailVerified = true
        user.claims = ["phone_number": "+49301234567", "phone_number_verified": true, "nickname": "An"]
        let other = try changed(user, ["email": "Anna@example.org", "phone_number": "+49307654321", "nickname": .null])
        #expect(other.email == "Anna@example.org" && !other.emailVerified)
        #expect(other.claims == ["phone_number": "+49307654321"])
        let same = try changed(user, ["email": "anna@example.org", "phoneNumber": "+49301234567"])
        #expect(same == user)
        let gone = try changed(user, ["email": .null])
        #expect(gone.email == nil && !gone.emailVerified)
    }
}
