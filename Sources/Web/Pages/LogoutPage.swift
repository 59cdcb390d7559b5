import Provider

/// Asks whether to log out, where a request for it does not prove that the user wants it (OpenID Connect RP-Initiated
/// Logout §2).
struct LogoutPage {
    var language: Language
    var user: User
    /// Who asks for it, proven or not.
    var clientName: String?
    /// Where the browser goes if the user says yes.
    var redirect: PostLogoutRedirect?
    /// The request, as the form carries it.
    var sealed: String
    var csrf: String
    /// The form came from a page that is too old, or from elsewhere.
    var isRepeated = false

    func page(on site: Site) -> Page {
        let text = Texts.of(language)
        let target = redirect.flatMap { ContentSecurityPolicy.Source(uri: $0.target.uri) }
        let asking: HTML? = clientName.map { "<p>\(text.asked("\($0)"))</p>\n" }
        let repeated: HTML? =
            isRepeated ? "<p class=\"notice alarm\" role=\"alert\">\(text.staleForm)</p>\n" : nil
        let onward: HTML? = target.map { "<hr><p class=\"trace\">\(text.thenTo("\($0.text)"))</p>" }
        return Page(
            language: language, title: text.title,
            content: """
                <h1>\(text.title)</h1>
                <p class="lead">\(text.signedInAs("\(user.displayName)"))</p>
                \(asking)\(repeated)<form method="post" action="\(Link("/api/v1/oauth2/logout", on: site))">
                <input type="hidden" name="csrf" value="\(csrf)">
                <input type="hidden" name="logout_request" value="\(sealed)">
                <div class="pair"><button name="decision" value="logout">\(text.logOut)</button>
                <button class="plain" name="decision" value="stay">\(text.stay)</button></div>
                </form>
                \(onward)
                """,
            policy: ContentSecurityPolicy(formTargets: target.map { [$0] } ?? []))
    }
}

extension LogoutPage {
    /// What the page says in one language.
    private struct Texts {
        let title: HTML
        let signedInAs: @Sendable (HTML) -> HTML
        let asked: @Sendable (HTML) -> HTML
        let logOut: HTML
        let stay: HTML
        let thenTo: @Sendable (HTML) -> HTML
        let staleForm: HTML

        static func of(_ language: Language) -> Texts {
            switch language {
            case .english: english
            case .german: german
            }
        }

        private static let english = Texts(
            title: "Sign out?",
            signedInAs: { "You are signed in as <strong>\($0)</strong>." },
            asked: {
                """
                <strong>\($0)</strong> would like to sign you out here, too. Other services that you use in this browser \
                are told.
                """
            },
            logOut: "Sign out",
            stay: "Stay signed in",
            thenTo: { "Afterwards you return to <strong>\($0)</strong>." },
            staleForm: "This page was too old to be used. Please decide again.")

        private static let german = Texts(
            title: "Abmelden?",
            signedInAs: { "Sie sind angemeldet als <strong>\($0)</strong>." },
            asked: {
                """
                <strong>\($0)</strong> möchte Sie auch hier abmelden. Andere Dienste, die Sie in diesem Browser nutzen, \
                erfahren davon.
                """
            },
            logOut: "Abmelden",
            stay: "Angemeldet bleiben",
            thenTo: { "Danach kehren Sie zurück zu <strong>\($0)</strong>." },
            staleForm: "Diese Seite war zu alt. Bitte entscheiden Sie noch einmal.")
    }
}
