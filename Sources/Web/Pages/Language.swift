/// A language that the pages speak.
enum Language: String, Sendable, CaseIterable {
    case english = "en"
    case german = "de"

    /// The first language that both sides know: what the relying party asks for (`ui_locales`, OpenID Connect Core
    /// §3.1.2.1), then what the browser prefers (`Accept-Language`, RFC 9110 §12.5.4), then English.
    static func choose(uiLocales: [String], acceptLanguage: String?) -> Language {
        for tag in uiLocales {
            if let language = Language(tag: tag) { return language }
        }
        return preferred(in: acceptLanguage ?? "") ?? .english
    }

    /// The language of a tag such as `de-AT` (RFC 5646); nil for one that no page speaks.
    private init?(tag: some StringProtocol) {
        let primary = tag.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
        self.init(rawValue: primary.lowercased())
    }

    private static func preferred(in acceptLanguage: String) -> Language? {
        var best: (language: Language, quality: Double)?
        for range in acceptLanguage.split(separator: ",").prefix(20) {
            let parts = range.split(separator: ";").map { $0.drop { $0 == " " } }
            guard let first = parts.first, let language = Language(tag: first.filter { $0 != " " }) else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }
            let quality = weight.map { Double($0.dropFirst(2).filter { $0 != " " }) ?? 0 } ?? 1
            if quality > 0, quality > (best?.quality ?? 0) { best = (language, quality) }
        }
        return best?.language
    }
}
