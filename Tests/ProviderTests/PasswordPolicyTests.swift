import Names
import Testing

@testable import Provider

@Suite("What a password must be (NIST SP 800-63B-3 §5.1.1.2)")
struct PasswordPolicyTests {
    private let names = UnicodeNameRules()

    private func user(_ name: String, email: String? = nil) throws -> User {
        let (display, keys) = try names.keys(of: name)
        var user = User(id: UserID("u"), username: display, nameKeys: keys, createdAt: noon)
        user.email = email
        return user
    }

    private func problem(_ password: String, _ user: User, shortest: Int = 12) -> PasswordProblem? {
        var policy = PasswordPolicy()
        policy.shortest = shortest
        return policy.problem(password, of: user, names)
    }

    @Test("at least 12 characters, counted after NFKC by scalar values; at most 1,024 bytes; every character but NUL")
    func form() throws {
        let anna = try user("anna")
        #expect(problem("kurz und gut", anna) == nil)
        #expect(problem("kurz und gu", anna) == .tooShort(12))
        #expect(problem("", anna) == .tooShort(12))
        // A ligature is as many letters as it stands for; a letter with its mark is one.
        #expect(problem("\u{FB03}xxxxyyyyz", anna) == nil)
        #expect(problem("e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}", anna) == .tooShort(12))
        #expect(problem("\u{1F426}\u{1F420}\u{1F427}\u{1F418}\u{1F40A}\u{1F40C} und so", anna) == nil)
        #expect(problem("gut und lang\u{0} genug", anna) == .hasNUL)
        let long = (0..<1024).map { String($0 * $0 * 7919 % 1009 % 10) }.joined()
        #expect(problem(long, anna) == nil)
        #expect(problem(long + "1", anna) == .tooLong)
        #expect(problem("acht gut", anna, shortest: 8) == nil)
    }

    @Test("not a common one, and not the user's own names, in whatever letter case and width")
    func content() throws {
        let anna = try user("anna.example", email: "Anna.Smith@mail.example")
        #expect(problem("Password1234", anna) == .common)
        #expect(problem("xx ANNA.EXAMPLE xx", anna) == .containsName)
        #expect(problem("xx ａｎｎａ.example xx", anna) == .containsName)
        #expect(problem("anna.smith@mail.example", anna) == .containsName)
        #expect(problem("my anna.smith 77 words", anna) == .containsName)
        #expect(problem("smith of example town", anna) == nil)
        // Half of all words have «bo» in them.
        #expect(problem("about the bottom line", try user("bo")) == nil)
        #expect(problem("whatever@words here", try user("x", email: "@")) == nil)
    }

    @Test("administrators answer for what they choose: its form alone is judged")
    func administrators() {
        #expect(PasswordPolicy().formProblem("password1234", names) == nil)
        #expect(PasswordPolicy().formProblem("password", names) == .tooShort(12))
    }

    @Test("each refusal names the member, in words that RFC 6749 §5.2 allows")
    func words() {
        for problem in [PasswordProblem.tooShort(12), .tooLong, .hasNUL, .common, .containsName] {
            let error = problem.error("newPassword")
            #expect(error.code == .invalidRequest && error.parameter == "newPassword")
            #expect(error.description.contains("newPassword") && error.description.hasSuffix("."))
        }
    }
}
