import Testing

@testable import Configuration

@Suite("The command line")
struct InvocationTests {
    @Test("verb, operands, options and settings in any order behind the verb")
    func everything() throws {
        let call = try Invocation([
            "clients", "create", "--scope", "openid email", "Shop", "--redirect-uri=https://a/cb", "--redirect-uri",
            "https://b/cb", "--public", "--json", "--data-dir", "/var/lib/martlet", "--demo",
        ])
        #expect(call.verb == .clientsCreate && call.operands == ["Shop"] && call.wantsJSON)
        #expect(call.values("redirect-uri") == ["https://a/cb", "https://b/cb"])
        #expect(call.value("scope") == "openid email" && call.has("public") && !call.has("first-party"))
        #expect(call.settings.map(\.setting) == [.dataDirectory, .demo])
        #expect(call.settings.map(\.text) == ["/var/lib/martlet", "1"])
    }

    @Test("a switch takes the next word only if it is 0 or 1")
    func switches() throws {
        let call = try Invocation(["serve", "--demo", "0", "--behind-tls-proxy", "--demo=1"])
        #expect(call.settings.map(\.text) == ["0", "1", "1"])
    }

    @Test("behind -- everything is an operand")
    func endOfOptions() throws {
        #expect(try Invocation(["users", "show", "--", "--json"]).operands == ["--json"])
        #expect(try Invocation(["users", "revoke-consent", "-hLY3KTpcGx37", "--json"]).operands == ["-hLY3KTpcGx37"])
    }

    @Test(
        "help is asked for in many ways",
        arguments: [
            (["help"], []), (["--help"], []), (["-h"], []), (["clients", "--help"], ["clients"]),
            (["clients", "create", "--help"], ["clients", "create"]), (["serve", "-h"], ["serve"]),
            (["help", "settings"], ["settings"]),
        ])
    func help(_ arguments: [String], _ words: [String]) throws {
        let call = try Invocation(arguments)
        #expect(call.verb == .help && call.operands == words)
        #expect(try !HelpText.text(on: words).isEmpty)
    }

    @Test(
        "wrong usage is refused",
        arguments: [
            [], ["fly"], ["clients"], ["clients", "fly"], ["--json"], ["serve", "now"], ["serve", "--fly"],
            ["serve", "--issuer"], ["clients", "show"], ["clients", "show", "a", "b"],
            ["users", "create", "a", "--name"], ["users", "create", "a", "--name", "x", "--name", "y"],
            ["clients", "create", "--public=1"], ["serve", "-x"],
        ])
    func refused(_ arguments: [String]) {
        #expect(throws: UsageError.self) { try Invocation(arguments) }
    }

    @Test("a number is checked where it is read")
    func numbers() throws {
        let call = try Invocation(["clients", "rotate-secret", "c", "--grace", "-1"])
        #expect(throws: UsageError.self) { try call.number("grace", in: 0...10) }
        #expect(try Invocation(["keys", "list"]).number("grace", in: 0...10) == nil)
    }

    @Test("every verb has help, and no option of a verb hides a setting")
    func table() throws {
        for verb in Verb.allCases {
            #expect(try HelpText.text(on: verb.words).contains(verb.syntax.summary))
            for option in verb.syntax.options {
                #expect(!Setting.allCases.contains { $0.rawValue == option.name }, "\(verb): \(option.name)")
            }
        }
        #expect(throws: UsageError.self) { try HelpText.text(on: ["fly"]) }
    }
}
