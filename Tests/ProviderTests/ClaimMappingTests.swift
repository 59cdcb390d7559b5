import JOSE
import Testing

@testable import Provider

@Suite("Claim mappings of clients: typed, and never what tokens are checked by")
struct ClaimMappingTests {
    private func refusal(_ mappings: String) -> String? {
        do {
            _ = try ClaimMapping.list(JSON.parse(mappings))
            return nil
        } catch {
            guard let error = error as? OAuthError, error.parameter == "claimMappings",
                error.code == .invalidClientMetadata
            else { return "another error" }
            return error.description
        }
    }

    @Test(
        "Each reserved claim is refused by its name",
        arguments: [
            "iss", "sub", "aud", "exp", "iat", "jti", "nbf", "auth_time", "nonce", "acr", "amr", "azp", "at_hash",
            "c_hash", "s_hash", "sid", "client_id", "scope", "typ", "cnf", "act", "may_act", "events", "active",
            "authorization_details", "_claim_names", "_claim_sources",
        ])
    func reserved(claim: String) throws {
        let refused = refusal(#"[{"source":"name","claim":"\#(claim)","targets":["id"]}]"#)
        #expect(refused?.contains("the claim \(claim),") == true)
    }

    @Test(
        "What services and relying parties decide by is told from the attribute that says so alone, in every target",
        arguments: ["tenant_id", "roles", "email", "email_verified", "phone_number", "phone_number_verified"])
    func authorities(claim: String) throws {
        for attribute in UserAttribute.all {
            for target in ClaimTarget.allCases {
                let text = #"{"source":"\#(attribute.name)","claim":"\#(claim)","targets":["\#(target.rawValue)"]}"#
                let refused = refusal("[\(text)]")
                let isOwn = attribute.claim == claim
                #expect((refused == nil) == isOwn, "\(attribute.name)")
                #expect(isOwn || refused?.contains("[0] has the claim \(claim) from another source") == true)
                #expect(
                    (try ClaimMapping(stored: JSON.parse(text)) != nil) == isOwn, "one that is stored is told no more")
                #expect((ClaimMapping(attribute, as: claim, in: [target]) != nil) == isOwn)
            }
        }
    }

    @Test(
        "What is no mapping is refused with its place",
        arguments: [
            (#"{}"#, "array"), (#"[1]"#, "[0]"), (#"[{"source":"shoe","claim":"x","targets":["id"]}]"#, "source"),
            (#"[{"claim":"x","targets":["id"]}]"#, "source"), (#"[{"source":"name","targets":["id"]}]"#, "no claim"),
            (#"[{"source":"name","claim":"","targets":["id"]}]"#, "printable"),
            (#"[{"source":"name","claim":"a b","targets":["id"]}]"#, "printable"),
            (#"[{"source":"name","claim":"ä","targets":["id"]}]"#, "printable"),
            (#"[{"source":"name","claim":"x","targets":[]}]"#, "targets"),
            (#"[{"source":"name","claim":"x"}]"#, "targets"),
            (#"[{"source":"name","claim":"x","targets":["refresh"]}]"#, "targets"),
            (#"[{"source":"name","claim":"x","targets":["id","id"]}]"#, "targets"),
            (#"[{"source":"name","claim":"x","targets":"id"}]"#, "targets"),
            (#"[{"source":"name","claim":"x","targets":["id"],"value":1}]"#, "other than"),
            (#"[{"source":"name","claim":"email_verified","targets":["id"]}]"#, "email_verified"),
            (
                #"[{"source":"name","claim":"x","targets":["id"]},{"source":"email","claim":"x","targets":["id"]}]"#,
                "[1]"
            ),
        ] as [(String, String)])
    func malformed(mappings: String, told: String) {
        #expect(refusal(mappings)?.contains(told) == true)
    }

    @Test("No more than fifty")
    func limit() {
        let one = { (index: Int) in #"{"source":"name","claim":"c\#(index)","targets":["id"]}"# }
        #expect(refusal("[" + (0..<50).map(one).joined(separator: ",") + "]") == nil)
        #expect(refusal("[" + (0..<51).map(one).joined(separator: ",") + "]")?.contains("50") == true)
    }

    @Test("Every attribute of the management API is a source, in either spelling, and shown as it is stored")
    func sources() throws {
        #expect(UserAttribute.all.count == UserClaims.allNames.count)
        for attribute in UserAttribute.all {
            let mapping = try #require(ClaimMapping(attribute, as: "mapped", in: [.userInfo, .idToken]))
            #expect(ClaimMapping(stored: mapping.json) == mapping)
            #expect(try ClaimMapping.list([mapping.json]) == [mapping])
        }
        #expect(UserAttribute("tenant_id") == UserAttribute("tenantId"))
        #expect(UserAttribute("passwordHash") == nil)
        #expect(UserAttribute("sub") == nil, "the attribute is called id")
        #expect(UserAttribute("id")?.value(of: user()) == "u1")
        #expect(UserAttribute("username")?.value(of: user()) == "anna")
        #expect(UserAttribute("email")?.value(of: user()) == nil)
        let verified = try #require(UserAttribute("email_verified"))
        #expect(ClaimMapping(verified, as: "email_verified", in: [.idToken]) != nil)
    }

    @Test("A stored mapping that this version does not know is left out")
    func stored() {
        #expect(ClaimMapping(stored: ["source": "shoe", "claim": "x", "targets": ["id"]]) == nil)
        #expect(ClaimMapping(stored: ["source": "name", "claim": "iss", "targets": ["id"]]) == nil)
        #expect(ClaimMapping(stored: ["source": "name", "claim": "x", "targets": ["elsewhere"]]) == nil)
        #expect(
            ClaimMapping(stored: ["source": "name", "claim": "x", "targets": ["elsewhere", "id"]])?.targets == [
                .idToken
            ])
    }
}
