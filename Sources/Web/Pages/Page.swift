import HTTP

/// One page before it is dressed: what it says and what it may do.
struct Page: Sendable {
    var language: Language
    var title: HTML
    /// The inside of `main`.
    var content: HTML
    var status = Status.ok
    /// Seconds after which another try makes sense.
    var retryAfter: Int?
    /// A page to read rather than a form to fill in.
    var isWide = false
    var policy = ContentSecurityPolicy()
    /// Put into the head behind everything else.
    var script: HTML?
    /// Pages are nobody's to keep but the landing page.
    var cacheControl: StaticString = "no-store"
    /// No other site learns anything of a page's address; but under `no-referrer` browsers send `Origin: null` with the
    /// page's own forms (Fetch §3.1), which then could not be told from foreign ones.
    var referrerPolicy: StaticString = "same-origin"
}

extension Page {
    /// The whole document with its header fields.
    func response(on site: Site) -> Response {
        response(of: Array(document(on: site).text.utf8))
    }

    /// This content with the header fields of the page.
    func response(of content: [UInt8]) -> Response {
        var response = Response(status: status, body: content)
        response.headers.set("Content-Type", "text/html; charset=utf-8")
        response.headers.set("Content-Language", language.rawValue)
        response.headers.set("Content-Security-Policy", policy.text)
        response.headers.set("Referrer-Policy", referrerPolicy.string)
        response.headers.set("Cache-Control", cacheControl.string)
        if let retryAfter { response.headers.set("Retry-After", String(retryAfter)) }
        response.headers.set("Vary", "Accept-Language, Cookie")
        return response
    }

    private func document(on site: Site) -> HTML {
        let style = Link("/assets/", segment: site.assets.style.name, on: site)
        let icon = Link("/assets/", segment: site.assets.mark.name, on: site)
        let width: HTML = isWide ? " class=\"wide\"" : ""
        return """
            <!doctype html>
            <html lang="\(language.rawValue)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(title) · Martlet</title>
            <link rel="icon" type="image/svg+xml" href="\(icon)">
            <link rel="stylesheet" href="\(style)">
            \(script)</head>
            <body>
            <a class="brand" href="\(Link("/", on: site))">\(Self.mark)Martlet</a>
            <main\(width)>
            \(content)
            </main>
            <footer>\(Self.footer(language))</footer>
            </body>
            </html>

            """
    }

    private static func footer(_ language: Language) -> HTML {
        switch language {
        case .english: "Martlet, an OpenID Connect provider"
        case .german: "Martlet, ein OpenID-Connect-Provider"
        }
    }

    /// The martlet of the coat of arms, in the colour of the text around it.
    private static let mark: HTML = """
        <svg viewBox="0 0 48 48" aria-hidden="true" focusable="false"><path fill="currentColor" \
        d="M44.5 12.6c-2.3-.5-4.4 0-6 1.3-1.9-2.4-5-3-7.5-1.7-2.6 1.4-4.2 4-6.6 6.2C19.3 14.2 12.2 \
        9.4 3 7.5c4.6 3.6 8.1 8 11.2 13.3-3.5 2.4-7.2 4.3-11.7 5.7 4.4.9 8.5.8 12.5-.2-1.6 \
        5-4.8 9.8-9.6 14.2 6.6-2.2 11.7-6 15.6-10.8 4.5.9 9.2-.1 12.7-3.2 3.3-2.9 4.7-6.6 \
        5.2-10.5 1.5-1.5 3.4-2.6 5.6-3.4z"/></svg>
        """
}
