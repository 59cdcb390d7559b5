import HTTP
import Provider
import QRCode

/// The part of `/account` about how to log in.
struct FactorsPage {
    /// What the page is about.
    enum State {
        case overview(FactorOverview, [Passkey], PasskeyQuestion?, hasRefusedPasskey: Bool)
        /// A new secret, to be shown to the authenticator and confirmed by its first code.
        case confirm(TOTP, isWrong: Bool)
        /// To be kept on paper; never shown again.
        case recoveryCodes([RecoveryCode])
    }

    var language: Language
    var user: User
    var state: State
    var csrf: String

    func page(on site: Site) -> Page {
        let text = Texts.of(language)
        switch state {
        case .overview(let overview, let passkeys, let question, let hasRefusedPasskey):
            let list = PasskeyList(
                language: language, passkeys: passkeys, question: question, hasRefused: hasRefusedPasskey, csrf: csrf)
            return self.overview(overview, list, text, site)
        case .confirm(let totp, let isWrong): return confirm(totp, isWrong, text, site)
        case .recoveryCodes(let codes): return recoveryCodes(codes, text, site)
        }
    }

    private func overview(_ overview: FactorOverview, _ passkeys: PasskeyList, _ text: Texts, _ site: Site) -> Page {
        let forms: HTML =
            overview.hasAuthenticator
            ? """
            <p>\(text.isOn(overview.recoveryCodesLeft))</p>
            \(form(site, [("renew_recovery_codes", text.renewCodes), ("remove_authenticator", text.turnOff)]))
            """
            : """
            <p>\(text.isOff)</p>
            \(form(site, [("propose_authenticator", text.turnOn)], isPlain: false))
            """
        return Page(
            language: language, title: text.title,
            content: """
                <h1>\(text.title)</h1>
                <p class="lead">\(text.signedInAs("\(user.displayName)"))</p>
                <h2>\(text.authenticator)</h2>
                \(forms)
                \(passkeys.html(on: site))
                \(back(text, site))
                """,
            status: passkeys.hasRefused ? .forbidden : .ok,
            policy: ContentSecurityPolicy(allowsScript: passkeys.question != nil),
            script: passkeys.question.map { _ in PasskeyForm.script(on: site) })
    }

    private func confirm(_ totp: TOTP, _ isWrong: Bool, _ text: Texts, _ site: Site) -> Page {
        let faulty: HTML = isWrong ? " aria-invalid=\"true\" aria-describedby=\"problem\"" : ""
        let problem: HTML? =
            isWrong ? "<p class=\"notice alarm\" id=\"problem\" role=\"alert\">\(text.wrongCode)</p>\n" : nil
        return Page(
            language: language, title: text.newAuthenticator,
            content: """
                <h1>\(text.newAuthenticator)</h1>
                \(problem)<p>\(text.scan)</p>
                \(symbol(totp, text, site))<p>\(text.orType)</p>
                <p><code class="secret">\(totp.typedSecret)</code></p>
                <form method="post" action="\(Link("/account", on: site))">
                <input type="hidden" name="csrf" value="\(csrf)">
                <input type="hidden" name="section" value="factors">
                <div class="field"><label for="code">\(text.firstCode)</label>
                <input id="code" name="code" class="code" inputmode="numeric" autocomplete="one-time-code" maxlength="20" \
                required\(faulty)></div>
                <button name="action" value="confirm_authenticator">\(text.turnOn)</button>
                </form>
                \(back(text, site))
                """,
            status: isWrong ? .forbidden : .ok)
    }

    /// The key URI as a QR code; nothing for names too long for one, where the secret is typed.
    private func symbol(_ totp: TOTP, _ text: Texts, _ site: Site) -> HTML? {
        let name = site.issuer.firstIndex(of: "/").map { site.issuer[$0...].drop { $0 == "/" } } ?? ""
        let uri = totp.keyURI(issuer: String(name), account: user.username)
        guard let symbol = try? QRSymbol(uri) else { return nil }
        return """
            <svg class="qr" viewBox="\(symbol.svgViewBox)" role="img" aria-label="\(text.symbol)" \
            shape-rendering="crispEdges"><path d="\(symbol.svgPath)"/></svg>

            """
    }

    private func recoveryCodes(_ codes: [RecoveryCode], _ text: Texts, _ site: Site) -> Page {
        Page(
            language: language, title: text.recoveryCodes,
            content: """
                <h1>\(text.recoveryCodes)</h1>
                <p>\(text.keepThem)</p>
                <ul class="recovery">
                \(codes.map { "<li><code>\($0.text)</code></li>\n" as HTML })</ul>
                \(back(text, site))
                """)
    }

    private func form(_ site: Site, _ buttons: [(action: String, words: HTML)], isPlain: Bool = true) -> HTML {
        let style: HTML = isPlain ? " class=\"plain\"" : ""
        return """
            <form method="post" action="\(Link("/account", on: site))">
            <input type="hidden" name="csrf" value="\(csrf)">
            <input type="hidden" name="section" value="factors">
            \(buttons.map { "<button\(style) name=\"action\" value=\"\($0.action)\">\($0.words)</button>\n" as HTML })</form>
            """
    }

    private func back(_ text: Texts, _ site: Site) -> HTML {
        "<hr><p class=\"trace\"><a href=\"\(LoginGoal.account.link(on: site))\">\(text.back)</a></p>"
    }
}

extension FactorsPage {
    /// What the page says in one language.
    private struct Texts {
        let title: HTML
        let signedInAs: @Sendable (HTML) -> HTML
        let authenticator: HTML
        let isOn: @Sendable (Int) -> HTML
        let isOff: HTML
        let turnOn: HTML
        let turnOff: HTML
        let renewCodes: HTML
        let newAuthenticator: HTML
        let scan: HTML
        let symbol: HTML
        let orType: HTML
        let firstCode: HTML
        let wrongCode: HTML
        let recoveryCodes: HTML
        let keepThem: HTML
        let back: HTML

        static func of(_ language: Language) -> Texts {
            switch language {
            case .english: english
            case .german: german
            }
        }

        private static let english = Texts(
            title: "How you sign in",
            signedInAs: { "You are signed in as <strong>\($0)</strong>." },
            authenticator: "Two-step sign-in",
            isOn: { left in
                left == 1
                    ? "It is on: after your password you type a code of your authenticator app. One recovery code is left."
                    : "It is on: after your password you type a code of your authenticator app. \(left) recovery codes are left."
            },
            isOff: """
                It is off. With an authenticator app on your phone a stolen password alone lets nobody in.
                """,
            turnOn: "Turn on two-step sign-in",
            turnOff: "Turn off two-step sign-in",
            renewCodes: "New recovery codes",
            newAuthenticator: "Add your authenticator",
            scan: "Scan this with your authenticator app:",
            symbol: "QR code for your authenticator app",
            orType: "Or type this key into it:",
            firstCode: "The code that it shows",
            wrongCode: "This code is not the right one. Check the time of your phone, and try the next code.",
            recoveryCodes: "Your recovery codes",
            keepThem: """
                Write these down or print them: each lets you in once when you do not have your authenticator. They are \
                never shown again.
                """,
            back: "Back to your account")

        private static let german = Texts(
            title: "Wie Sie sich anmelden",
            signedInAs: { "Sie sind angemeldet als <strong>\($0)</strong>." },
            authenticator: "Anmeldung in zwei Schritten",
            isOn: { left in
                left == 1
                    ? """
                    Sie ist an: Nach dem Passwort geben Sie einen Code Ihrer Authenticator-App ein. Ein \
                    Wiederherstellungscode ist übrig.
                    """
                    : """
                    Sie ist an: Nach dem Passwort geben Sie einen Code Ihrer Authenticator-App ein. \(left) \
                    Wiederherstellungscodes sind übrig.
                    """
            },
            isOff: """
                Sie ist aus. Mit einer Authenticator-App auf Ihrem Telefon nützt ein gestohlenes Passwort allein niemandem.
                """,
            turnOn: "In zwei Schritten anmelden",
            turnOff: "Zweiten Schritt abschalten",
            renewCodes: "Neue Wiederherstellungscodes",
            newAuthenticator: "Ihre Authenticator-App hinzufügen",
            scan: "Lesen Sie dies mit Ihrer Authenticator-App:",
            symbol: "QR-Code für Ihre Authenticator-App",
            orType: "Oder geben Sie dort diesen Schlüssel ein:",
            firstCode: "Der Code, den sie anzeigt",
            wrongCode: """
                Dieser Code ist nicht der richtige. Prüfen Sie die Uhr Ihres Telefons und nehmen Sie den nächsten.
                """,
            recoveryCodes: "Ihre Wiederherstellungscodes",
            keepThem: """
                Schreiben Sie diese auf oder drucken Sie sie: Jeder lässt Sie einmal herein, wenn Sie Ihre App nicht haben. \
                Sie werden nie wieder gezeigt.
                """,
            back: "Zurück zu Ihrem Konto")
    }
}
