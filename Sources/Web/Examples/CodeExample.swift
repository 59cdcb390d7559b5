/// A program that a reader copies from the landing page and runs as it is.
struct CodeExample {
    /// How a program may get tokens.
    enum Flow: String, CaseIterable {
        case code, clientCredentials = "client-credentials", device
    }

    /// In what it is written.
    enum Tongue: String, CaseIterable {
        case curl, python, javaScript = "javascript"
    }

    var flow: Flow
    var tongue: Tongue
    /// The server's own address.
    var issuer: String
    /// The client that it runs as.
    var clientID: String

    /// Where the code goes: registered for the demo client, whose loopback address may have any port (RFC 8252 §7.3).
    static let redirectURI = "http://127.0.0.1:9099/callback"

    /// What the element is called that has the text.
    var name: String { "example-\(flow.rawValue)-\(tongue.rawValue)" }

    /// The program.
    var text: String {
        switch tongue {
        case .curl: shell
        case .python: python
        case .javaScript: javaScript
        }
    }

    /// A word of a POSIX shell (XCU §2.2.2): nothing in it means anything.
    static func shellWord(_ value: String) -> String {
        "'" + value.replacing("'", with: #"'\''"#) + "'"
    }

    /// A string literal of Python and of JavaScript alike.
    static func literal(_ value: String) -> String {
        "\"" + value.replacing(#"\"#, with: #"\\"#).replacing("\"", with: #"\""#) + "\""
    }
}
