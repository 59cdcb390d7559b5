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
}

extension Page {
    /// The whole document with its header fields.
    func response(on site: Site) -> Response {
        var response = Response(status: status, body: Array(document(on: site).text.utf8))
        response.headers.set("Content-Type", "text/html; charset=utf-8")
        response.headers.set("Content-Language", language.rawValue)
        response.headers.set("Content-Security-Policy", policy.text)
        // No other site learns anything; but under `no-referrer` browsers send `Origin: null` with the page's own forms
        // (Fetch §3.1), which then could not be told from foreign ones.
        response.headers.set("Referrer-Policy", "same-origin")
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
        d="M44.500 12.600c-2.300-.500-4.400 0-6 1.300-1.900-2.400-5-3-7.500-1.700-2.600 1.400-4.200 4-6.600 6.200C19.300 14.200 12.200 \
        9.400 3 7.500c4.600 3.600 8.100 8 11.200 13.300-3.500 2.400-7.200 4.300-11.700 5.700 4.400.9 8.500.8 12.500-.2-1.600 \
        5-4.800 9.800-9.600 14.200 6.600-2.200 11.700-6 15.600-10.800 4.500.9 9.200-.1 12.700-3.200 3.300-2.900 4.700-6.600 \
        5.200-10.500 1.500-1.500 3.400-2.600 5.600-3.400z"/></svg>
        """
}
