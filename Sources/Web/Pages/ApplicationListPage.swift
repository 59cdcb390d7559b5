import Provider

/// `/applications`: the clients that people ask for, for administrators.
struct ApplicationListPage {
    var language: Language
    var applications: Provider.Page<Application>
    /// Also those that are decided.
    var showsAll: Bool

    func page(on site: Site) -> Page {
        let text = ReviewTexts.of(language)
        let more: HTML? = applications.nextCursor.map { cursor in
            let query = [(name: "cursor", value: cursor)] + (showsAll ? [(name: "show", value: "all")] : [])
            return "<p><a href=\"\(Link("/applications", on: site, query: query))\">\(text.more)</a></p>"
        }
        let other: HTML =
            showsAll
            ? "<a href=\"\(Link("/applications", on: site))\">\(text.showOpen)</a>"
            : "<a href=\"\(Link("/applications", on: site, query: [("show", "all")]))\">\(text.showAll)</a>"
        let list: HTML? =
            applications.items.isEmpty
            ? nil
            : """
            <ul class="plainlist">
            \(applications.items.map { item($0, text, site) })</ul>
            """
        return Page(
            language: language, title: text.title,
            content: """
                <h1>\(text.title)</h1>
                <p class="lead">\(applications.items.isEmpty ? text.none : text.oldestFirst)</p>
                \(list)
                \(more)
                <hr><p class="trace">\(other)<br>
                <a href="\(LoginGoal.account.link(on: site))">\(text.account)</a></p>
                """, isWide: true)
    }

    private func item(_ application: Application, _ text: ReviewTexts, _ site: Site) -> HTML {
        """
        <li><h2><a href="\(Link("/applications/", segment: application.id.text, on: site))" dir="auto">\
        \(application.name)</a></h2>
        <p class="trace">\(application.email)<br>
        \(AccountPage.time(application.createdAt)) · \(text.status(application.status))</p></li>

        """
    }
}

/// What the pages of administrators about applications say in one language.
struct ReviewTexts {
    let title: HTML
    let none: HTML
    let oldestFirst: HTML
    let more: HTML
    let showOpen: HTML
    let showAll: HTML
    let account: HTML
    let status: @Sendable (Application.Status) -> HTML
    let lapsed: HTML
    let email: HTML
    let unconfirmed: HTML
    let asked: HTML
    let type: HTML
    let grants: HTML
    let redirectURIs: HTML
    let scopes: HTML
    let resources: HTML
    let decided: @Sendable (_ time: HTML, _ actor: HTML) -> HTML
    let decision: HTML
    let reason: HTML
    let client: HTML
    let collected: HTML
    let notCollected: HTML
    let approve: HTML
    let refuse: HTML
    let reasonHint: HTML
    let approveHint: HTML
    let back: HTML
    let late: HTML
    let staleForm: HTML
    let refused: @Sendable (HTML) -> HTML
    let nothing: HTML

    static func of(_ language: Language) -> ReviewTexts {
        switch language {
        case .english: english
        case .german: german
        }
    }

    private static let english = ReviewTexts(
        title: "Applications", none: "Nobody is waiting for a decision.",
        oldestFirst: "Who has waited longest stands first.", more: "More",
        showOpen: "Only those that wait for a decision",
        showAll: "Also those that are decided", account: "Your account",
        status: { status in
            switch status {
            case .pending: "waits for a decision"
            case .approved: "approved"
            case .refused: "refused"
            }
        },
        lapsed: "Nobody decided in time; it is too late now.", email: "Requester", unconfirmed: "not confirmed",
        asked: "Asked", type: "Type", grants: "Grant types", redirectURIs: "Redirect URIs", scopes: "Scopes",
        resources: "Resources", decided: { "\($0), by \($1)" }, decision: "Decision", reason: "Reason",
        client: "Client",
        collected: "Credentials collected", notCollected: "not yet", approve: "Approve", refuse: "Refuse",
        reasonHint: "The requester is told.",
        approveHint:
            "Approving makes the client as it is described here. The requester gets a link to its credentials by mail.",
        back: "All applications", late: "Somebody else has decided in the meantime.",
        staleForm: "This page was too old to be used. Please decide again.",
        refused: { "This cannot be approved: \($0)" }, nothing: "none")

    private static let german = ReviewTexts(
        title: "Anträge", none: "Niemand wartet auf eine Entscheidung.",
        oldestFirst: "Wer am längsten wartet, steht vorn.", more: "Weitere",
        showOpen: "Nur die, die auf eine Entscheidung warten", showAll: "Auch die entschiedenen", account: "Ihr Konto",
        status: { status in
            switch status {
            case .pending: "wartet auf eine Entscheidung"
            case .approved: "bewilligt"
            case .refused: "abgelehnt"
            }
        },
        lapsed: "Niemand hat rechtzeitig entschieden; jetzt ist es zu spät.", email: "Antragsteller",
        unconfirmed: "nicht bestätigt", asked: "Gestellt", type: "Art", grants: "Grant-Typen",
        redirectURIs: "Redirect-URIs", scopes: "Scopes", resources: "Ressourcen", decided: { "\($0), von \($1)" },
        decision: "Entscheidung", reason: "Grund", client: "Client", collected: "Zugangsdaten abgeholt",
        notCollected: "noch nicht", approve: "Bewilligen", refuse: "Ablehnen",
        reasonHint: "Der Antragsteller erfährt ihn.",
        approveHint:
            "Bewilligen legt den Client an, wie er hier beschrieben ist. Der Antragsteller bekommt per Mail einen Link zu den Zugangsdaten.",
        back: "Alle Anträge", late: "Inzwischen hat jemand anderes entschieden.",
        staleForm: "Diese Seite war zu alt. Bitte entscheiden Sie noch einmal.",
        refused: { "So kann das nicht bewilligt werden: \($0)" }, nothing: "keine")
}
