import Provider

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
    let tooLate: HTML
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
    let resend: HTML
    let resendHint: HTML
    let resent: HTML
    let back: HTML
    let late: HTML
    let staleForm: HTML
    let failed: @Sendable (ApplicationReviewPage.Act, HTML) -> HTML
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
        lapsed: "lapsed", tooLate: "Nobody decided in time; it is too late now.", email: "Requester",
        unconfirmed: "not confirmed",
        asked: "Asked", type: "Type", grants: "Grant types", redirectURIs: "Redirect URIs", scopes: "Scopes",
        resources: "Resources", decided: { "\($0), by \($1)" }, decision: "Decision", reason: "Reason",
        client: "Client",
        collected: "Credentials collected", notCollected: "not yet", approve: "Approve", refuse: "Refuse",
        reasonHint: "The requester is told.",
        approveHint:
            "Approving makes the client as it is described here. The requester gets a link to its credentials by mail.",
        resend: "Send another link",
        resendHint:
            "The requester gets a new link to the credentials by mail; the former one is worth nothing from then on.",
        resent: "Another link is on its way. The former one is worth nothing any more.",
        back: "All applications", late: "Somebody else has decided in the meantime.",
        staleForm: "This page was too old to be used. Please decide again.",
        failed: { act, reason in
            switch act {
            case .approve: "This cannot be approved: \(reason)"
            case .refuse: "It was not refused: \(reason)"
            case .resend: "No link was sent: \(reason)"
            }
        }, nothing: "none")

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
        lapsed: "verfallen", tooLate: "Niemand hat rechtzeitig entschieden; jetzt ist es zu spät.",
        email: "Antragsteller",
        unconfirmed: "nicht bestätigt", asked: "Gestellt", type: "Art", grants: "Grant-Typen",
        redirectURIs: "Redirect-URIs", scopes: "Scopes", resources: "Ressourcen", decided: { "\($0), von \($1)" },
        decision: "Entscheidung", reason: "Grund", client: "Client", collected: "Zugangsdaten abgeholt",
        notCollected: "noch nicht", approve: "Bewilligen", refuse: "Ablehnen",
        reasonHint: "Der Antragsteller erfährt ihn.",
        approveHint:
            "Bewilligen legt den Client an, wie er hier beschrieben ist. Der Antragsteller bekommt per Mail einen Link zu den Zugangsdaten.",
        resend: "Anderen Link schicken",
        resendHint:
            "Der Antragsteller bekommt per Mail einen neuen Link zu den Zugangsdaten; der bisherige gilt von da an nicht mehr.",
        resent: "Ein anderer Link ist unterwegs. Der bisherige gilt nicht mehr.",
        back: "Alle Anträge", late: "Inzwischen hat jemand anderes entschieden.",
        staleForm: "Diese Seite war zu alt. Bitte entscheiden Sie noch einmal.",
        failed: { act, reason in
            switch act {
            case .approve: "So kann das nicht bewilligt werden: \(reason)"
            case .refuse: "Der Antrag wurde nicht abgelehnt: \(reason)"
            case .resend: "Es wurde kein Link geschickt: \(reason)"
            }
        }, nothing: "keine")
}
