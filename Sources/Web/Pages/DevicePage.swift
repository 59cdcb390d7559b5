import HTTP
import Provider

/// `/device`: may this device act for you?
struct DevicePage {
    /// What the page is about.
    enum State {
        /// The code is to be typed, perhaps again.
        case typeCode(problem: Problem?)
        /// A device is found.
        case ask(DevicePrompt)
        /// The user has decided.
        case decided(allowed: Bool, Client)
    }

    /// Why the code is to be typed again.
    enum Problem {
        case noSuchCode
        case throttled(seconds: Int)
    }

    var language: Language
    var state: State
    /// For the form of ``State/ask(_:)``.
    var csrf: String

    func page(on site: Site) -> Page {
        let text = Texts.of(language)
        switch state {
        case .typeCode(let problem): return codePage(problem, text, site)
        case .ask(let prompt): return questionPage(prompt, text, site)
        case .decided(let allowed, let client):
            let (title, words) = allowed ? (text.allowedTitle, text.allowedWords) : (text.deniedTitle, text.deniedWords)
            return Page(
                language: language, title: title,
                content: """
                    <h1>\(title)</h1>
                    <p>\(words("\(client.name)"))</p>
                    """)
        }
    }

    private func codePage(_ problem: Problem?, _ text: Texts, _ site: Site) -> Page {
        var (words, status, retryAfter): (HTML?, Status, Int?) = (nil, .ok, nil)
        switch problem {
        case nil: break
        case .noSuchCode: (words, status) = (text.noSuchCode, .notFound)
        case .throttled(let seconds):
            (words, status, retryAfter) = (text.throttled(seconds), .tooManyRequests, seconds)
        }
        let faulty: HTML? = words.map { _ in " aria-invalid=\"true\" aria-describedby=\"problem\"" }
        return Page(
            language: language, title: text.title,
            content: """
                <h1>\(text.title)</h1>
                <p class="lead">\(text.typeWhatItShows)</p>
                \(words.map { "<p class=\"notice alarm\" id=\"problem\" role=\"alert\">\($0)</p>\n" })\
                <form method="get" action="\(Link("/device", on: site))">
                <div class="field"><label for="user_code">\(text.code)</label>
                <input id="user_code" name="user_code" class="code" autocomplete="one-time-code" \
                autocapitalize="characters" spellcheck="false" maxlength="20" placeholder="XXXX-XXXX" \
                required\(faulty) autofocus></div>
                <button>\(text.goOn)</button>
                </form>
                """,
            status: status, retryAfter: retryAfter)
    }

    private func questionPage(_ prompt: DevicePrompt, _ text: Texts, _ site: Site) -> Page {
        let scopes: HTML? =
            prompt.choices.isEmpty
            ? nil
            : """
            <fieldset><legend>\(text.willBeAble("\(prompt.client.name)"))</legend>
            \(ScopeChecklist(language: language, choices: prompt.choices).html)</fieldset>

            """
        return Page(
            language: language, title: text.title,
            content: """
                <h1>\(text.question("\(prompt.client.name)"))</h1>
                <p class="lead">\(text.signedInAs("\(prompt.user.displayName)"))</p>
                <p>\(text.compare)</p>
                <p class="code"><strong>\(prompt.userCode.display)</strong></p>
                <form method="post" action="\(Link("/device", on: site))">
                <input type="hidden" name="csrf" value="\(csrf)">
                <input type="hidden" name="user_code" value="\(prompt.userCode.display)">
                <input type="hidden" name="wording" value="\(prompt.wording(in: language.rawValue).version)">
                \(scopes)<p class="notice">\(text.warning)</p>
                <div class="pair"><button name="decision" value="allow">\(text.allow)</button>
                <button class="plain" name="decision" value="deny">\(text.deny)</button></div>
                </form>
                """)
    }
}

extension DevicePage {
    /// What the page says in one language.
    private struct Texts {
        let title: HTML
        let typeWhatItShows: HTML
        let code: HTML
        let goOn: HTML
        let noSuchCode: HTML
        let throttled: @Sendable (Int) -> HTML
        let question: @Sendable (HTML) -> HTML
        let signedInAs: @Sendable (HTML) -> HTML
        let compare: HTML
        let willBeAble: @Sendable (HTML) -> HTML
        let warning: HTML
        let allow: HTML
        let deny: HTML
        let allowedTitle: HTML
        let allowedWords: @Sendable (HTML) -> HTML
        let deniedTitle: HTML
        let deniedWords: @Sendable (HTML) -> HTML

        static func of(_ language: Language) -> Texts {
            switch language {
            case .english: english
            case .german: german
            }
        }

        private static let english = Texts(
            title: "Connect a device",
            typeWhatItShows: "Type the code that your device shows.",
            code: "Code",
            goOn: "Continue",
            noSuchCode: """
                No device waits with this code. Please compare it with the screen of your device; after ten minutes \
                the device needs a new one.
                """,
            throttled: { seconds in
                seconds == 1
                    ? "Too many wrong codes. Please wait one second and try again."
                    : "Too many wrong codes. Please wait \(seconds) seconds and try again."
            },
            question: { "Connect \($0)?" },
            signedInAs: { "You are signed in as <strong>\($0)</strong>." },
            compare: "Does your device show exactly this code?",
            willBeAble: { "\($0) asks to" },
            warning: "Only allow a device that is in front of you. If somebody sent you this code, deny it.",
            allow: "Allow",
            deny: "Deny",
            allowedTitle: "The device is connected",
            allowedWords: { "\($0) goes on by itself in a few seconds. You can close this page." },
            deniedTitle: "The device is not connected",
            deniedWords: { "\($0) got no access. You can close this page." })

        private static let german = Texts(
            title: "Gerät verbinden",
            typeWhatItShows: "Geben Sie den Code ein, den Ihr Gerät anzeigt.",
            code: "Code",
            goOn: "Weiter",
            noSuchCode: """
                Mit diesem Code wartet kein Gerät. Bitte vergleichen Sie ihn mit der Anzeige; nach zehn Minuten \
                braucht das Gerät einen neuen.
                """,
            throttled: { seconds in
                seconds == 1
                    ? "Zu viele falsche Codes. Bitte warten Sie eine Sekunde und versuchen Sie es erneut."
                    : "Zu viele falsche Codes. Bitte warten Sie \(seconds) Sekunden und versuchen Sie es erneut."
            },
            question: { "\($0) verbinden?" },
            signedInAs: { "Sie sind angemeldet als <strong>\($0)</strong>." },
            compare: "Zeigt Ihr Gerät genau diesen Code?",
            willBeAble: { "\($0) möchte" },
            warning: """
                Erlauben Sie nur ein Gerät, das Sie vor sich haben. Hat Ihnen jemand diesen Code geschickt, lehnen \
                Sie ab.
                """,
            allow: "Erlauben",
            deny: "Ablehnen",
            allowedTitle: "Das Gerät ist verbunden",
            allowedWords: { "\($0) macht in wenigen Sekunden von selbst weiter. Sie können diese Seite schließen." },
            deniedTitle: "Das Gerät ist nicht verbunden",
            deniedWords: { "\($0) hat keinen Zugriff bekommen. Sie können diese Seite schließen." })
    }
}
