import Web

/// The shop's own look around the provider's login. Values in the literals are escaped by `HTML` itself.
struct ShopLoginPage: LoginPageRendering {
    func document(for form: LoginForm) -> LoginDocument {
        let fields = form.step == .password ? password(form) : secondStep
        return LoginDocument(
            """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>The Corner Shop</title>
            <link rel="stylesheet" href="/shop.css">
            \(form.head)</head>
            <body>
            <main>
            <h1>The Corner Shop</h1>
            <p>\(form.clientName.map { "Sign in to go on to \($0)." } ?? "Sign in to your account.")</p>
            \(form.problem.map(alert))
            <form method="post" action="\(form.target)">
            \(form.hiddenFields)
            \(fields)
            </form>
            \(form.passkeyForm)
            </main>
            </body>
            </html>
            """)
    }

    private func password(_ form: LoginForm) -> HTML {
        let goOn: HTML? = form.mayContinueAs.map { name in
            "<p><button name=\"action\" value=\"continue\" formnovalidate>Go on as \(name)</button></p>"
        }
        let cancel: HTML? =
            form.mayCancel ? "<button name=\"action\" value=\"cancel\" formnovalidate>Not now</button>" : nil
        return """
            \(goOn)<p><label for="username">Customer</label>
            <input id="username" name="username" value="\(form.username)" autocomplete="username" required></p>
            <p><label for="password">Password</label>
            <input id="password" name="password" type="password" autocomplete="current-password" required></p>
            <p><button name="action" value="login">Sign in</button> \(cancel)</p>
            """
    }

    private var secondStep: HTML {
        """
        <p><label for="code">Six digits from your app, or a recovery code</label>
        <input id="code" name="code" autocomplete="one-time-code" required></p>
        <p><button name="action" value="second_step">Sign in</button></p>
        """
    }

    private func alert(_ problem: LoginForm.Problem) -> HTML {
        let words: HTML =
            switch problem {
            case .wrongPassword: "Customer and password do not belong together."
            case .wrongCode: "This is not the right code."
            case .wrongPasskey: "This passkey was not accepted."
            case .throttled(let seconds): "Too many attempts. Please wait \(seconds) seconds."
            case .tooOld: "This page was too old. Please sign in again."
            case .unavailable(let seconds): "We are busy. Please try again in \(seconds) seconds."
            }
        return "<p role=\"alert\">\(words)</p>"
    }
}
