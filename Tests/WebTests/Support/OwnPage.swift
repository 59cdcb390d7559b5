import Synchronization
import Web

/// A page of an embedding server's: it says what it was told, and remembers it.
final class OwnPage: LoginPageRendering {
    private let told = Mutex<[LoginForm]>([])

    /// The forms it was asked for since the last call.
    func takeForms() -> [LoginForm] {
        told.withLock { forms in
            defer { forms = [] }
            return forms
        }
    }

    func document(for form: LoginForm) -> LoginDocument {
        told.withLock { $0.append(form) }
        return LoginDocument(
            """
            <!doctype html><title>Our own</title>\(form.head)
            <form method="post" action="\(form.target)">\(form.hiddenFields)
            <p>For \(form.clientName ?? "yourself")</p><input name="username" value="\(form.username)">
            </form>\(form.passkeyForm)
            """)
    }
}
