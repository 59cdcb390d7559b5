import JOSE
import Testing
import WebAuthn

@Suite("Options for the browser (Web Authentication Level 2 §5.4, §5.5)")
struct OptionsTests {
    struct File: Decodable {
        let creation: String
        let request: String
        let other: Encoded
        let userHandle: Encoded
        let challenge: Encoded
    }

    private let party = RelyingParty(
        id: "login.example.org", name: "Martlet </script>", origin: "https://login.example.org")

    @Test("§5.4: the creation options are those that another library reads")
    func creation() throws {
        let file = try Vectors.load("options", as: File.self)
        let options = try Registration(relyingParty: party, challenge: file.challenge.bytes).options(
            for: CredentialUser(handle: file.userHandle.bytes, name: "ada", displayName: "Ada \u{2028} Lovelace"),
            excluding: [
                CredentialDescriptor(id: file.other.bytes),
                CredentialDescriptor(id: file.other.bytes, transports: ["usb", "nfc"]),
            ])
        #expect(try options == JSON.parse(file.creation))
        #expect(try JSON.parse(options.encoded(escapingHTML: true)) == options)
    }

    @Test("§5.4.4: requireResidentKey says true only where a resident key is required")
    func residentKey() throws {
        let file = try Vectors.load("options", as: File.self)
        let user = try CredentialUser(handle: [1], name: "ada", displayName: "Ada")
        for requirement in [ResidentKey.required, .preferred, .discouraged] {
            let options = try Registration(
                relyingParty: party, challenge: file.challenge.bytes, userVerification: .discouraged
            ).options(for: user, residentKey: requirement)
            let selection = options["authenticatorSelection"]
            #expect(selection?["residentKey"] == .string(requirement.rawValue))
            #expect(selection?["requireResidentKey"] == .bool(requirement == .required))
            #expect(selection?["userVerification"] == "discouraged")
            #expect(options["excludeCredentials"] == [])
        }
    }

    @Test("§5.5: the request options are those that another library reads")
    func request() throws {
        let file = try Vectors.load("options", as: File.self)
        let ceremony = try Authentication(
            relyingParty: party, challenge: file.challenge.bytes, userVerification: .preferred,
            allowedCredentials: [CredentialDescriptor(id: file.other.bytes)])
        #expect(try ceremony.options(timeout: .seconds(60)) == JSON.parse(file.request))
    }

    @Test("§5.4: a timeout is milliseconds that fit an unsigned long")
    func timeout() throws {
        let ceremony = try Authentication(relyingParty: party, challenge: [UInt8](repeating: 1, count: 32))
        let timeouts: [(Duration, Int64)] = [
            (.milliseconds(1500), 1500), (.microseconds(1999), 1), (.zero, 0), (.seconds(-5), 0),
            (.seconds(Int64.max), 4_294_967_295),
        ]
        for (timeout, milliseconds) in timeouts {
            #expect(ceremony.options(timeout: timeout)["timeout"] == .integer(milliseconds))
        }
    }

    @Test("§5.4.3: a user handle is of 1 to 64 bytes")
    func userHandle() {
        for (count, isAllowed) in [(0, false), (1, true), (64, true), (65, false)] {
            let user = try? CredentialUser(handle: [UInt8](repeating: 0, count: count), name: "", displayName: "")
            #expect((user != nil) == isAllowed)
        }
    }
}
