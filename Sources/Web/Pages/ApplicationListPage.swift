import Provider

/// `/applications`: the clients that people ask for, for administrators.
struct ApplicationListPage {
    var language: Language
    var applications: Provider.Page<Application>
    /// Also those that are decided.
    var showsAll: Bool
    /// What the times of the applications are compared with.
    var now: Instant

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
        \(AccountPage.time(application.createdAt)) · \(status(application, text))</p></li>

        """
    }

    private func status(_ application: Application, _ text: ReviewTexts) -> HTML {
        application.hasLapsed(at: now) ? text.lapsed : text.status(application.status)
    }
}
