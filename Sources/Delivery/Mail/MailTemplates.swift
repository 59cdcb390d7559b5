internal import Provider

/// The words of a mail.
struct MailWords: Sendable, Equatable {
    var subject: String
    var text: String
    var html: String
}

/// The words of all mails, from files: for each kind and language `<kind>.<language>.txt`, which begins with a line
/// `Subject: …` and an empty one, and `<kind>.<language>.html`, which `layout.html` goes around. `{{name}}` stands for a
/// value; in HTML it is escaped.
public struct MailTemplates: Sendable {
    /// Why a file cannot be used: a sentence for the operator.
    public struct Fault: Error, Sendable, CustomStringConvertible {
        /// The sentence.
        public let description: String
    }

    /// What a template can say.
    enum Value: String, CaseIterable {
        /// The issuer.
        case site
        case link
        /// What the person is called here; where that may not be told, the address.
        case account
        /// Where the mail goes.
        case address
        /// How long the link works.
        case minutes, hours, days
        /// When the person asked for what the mail is about: the day, in UTC.
        case date
        /// Why it was decided so; a dash where nobody said.
        case reason
        case language, subject, content
    }

    private struct Texts {
        var subject: String
        var text: MailTemplate
        var html: MailTemplate
    }

    private struct Key: Hashable {
        var kind: MailOrder.Kind
        var language: String
    }

    /// English is always there.
    private static let languages = OpenIDProvider.uiLocales

    private var texts: [Key: Texts] = [:]
    private let layout: MailTemplate
    private let site: String

    /// - Parameters:
    ///   - site: the issuer.
    ///   - replacement: the text of a file that the operator has put in the place of the one of this name; nil for most.
    /// - Throws: ``Fault``, or what `replacement` throws.
    public init(site: String, replacing replacement: (String) throws -> String? = { _ in nil }) throws {
        self.site = site
        func file(_ name: String) throws -> String {
            if let text = try replacement(name) { return text.replacing("\r\n", with: "\n") }
            guard let bytes = Self.embedded[name] else { throw Fault(description: "There is no template \(name).") }
            return String(decoding: bytes, as: UTF8.self)
        }
        layout = try MailTemplate(file("layout.html"), named: "layout.html")
        for kind in MailOrder.Kind.allCases {
            for language in Self.languages {
                let stem = "\(kind.fileName).\(language)"
                let (subject, text) = try Self.split(file(stem + ".txt"), named: stem + ".txt")
                texts[Key(kind: kind, language: language)] = Texts(
                    subject: subject, text: try MailTemplate(text, named: stem + ".txt"),
                    html: try MailTemplate(file(stem + ".html"), named: stem + ".html"))
            }
        }
    }

    /// The words of a mail in its language, or in English.
    func words(of mail: ComposedMail) -> MailWords? {
        let languages = [mail.language, Self.languages[0]]
        guard let language = languages.first(where: { texts[Key(kind: mail.kind, language: $0)] != nil }),
            let found = texts[Key(kind: mail.kind, language: language)]
        else { return nil }
        let minutes = (mail.linkLifetime ?? 0) / 60
        var values: [Value: String] = [
            .site: site, .link: mail.link, .account: mail.username ?? mail.recipient.text,
            .address: mail.recipient.text, .minutes: String(minutes), .hours: String(minutes / 60),
            .language: language, .subject: found.subject,
        ]
        values[.days] = String(minutes / 60 / 24)
        values[.date] = mail.askedAt.map { String($0.rfc3339.prefix(10)) }
        values[.reason] = mail.reason ?? "–"
        let content = found.html.filled { MailTemplate.escaped(values[$0] ?? "") }
        let html = layout.filled { $0 == .content ? content : MailTemplate.escaped(values[$0] ?? "") }
        return MailWords(subject: found.subject, text: found.text.filled { values[$0] ?? "" }, html: html)
    }

    /// The subject, and the text behind the empty line.
    private static func split(_ text: String, named name: String) throws -> (subject: String, text: String) {
        let prefix = "Subject: "
        guard text.hasPrefix(prefix), let end = text.firstRange(of: "\n\n") else {
            throw Fault(description: "The template \(name) must begin with a line «Subject: …» and an empty one.")
        }
        let subject = String(text[..<end.lowerBound].dropFirst(prefix.count))
        guard !subject.contains("\n"), !subject.contains("\r"), !subject.contains("{{") else {
            throw Fault(description: "The subject of the template \(name) must be one line without values.")
        }
        return (subject, String(text[end.upperBound...]))
    }
}

extension MailOrder.Kind {
    /// How the files of the kind are called.
    fileprivate var fileName: String { rawValue.replacing("_", with: "-") }
}

/// A text with places for values.
struct MailTemplate: Sendable {
    private enum Piece: Sendable {
        case text(String)
        case value(MailTemplates.Value)
    }

    private var pieces: [Piece] = []

    /// - Throws: ``MailTemplates/Fault`` for a value that does not exist.
    init(_ text: String, named name: String) throws {
        var rest = text[...]
        while let open = rest.firstRange(of: "{{") {
            pieces.append(.text(String(rest[..<open.lowerBound])))
            guard let close = rest[open.upperBound...].firstRange(of: "}}"),
                let value = MailTemplates.Value(rawValue: String(rest[open.upperBound..<close.lowerBound]))
            else {
                throw MailTemplates.Fault(
                    description: "The template \(name) has «{{» before something that is none of "
                        + MailTemplates.Value.allCases.map(\.rawValue).joined(separator: ", ") + " and «}}».")
            }
            pieces.append(.value(value))
            rest = rest[close.upperBound...]
        }
        pieces.append(.text(String(rest)))
    }

    func filled(_ value: (MailTemplates.Value) -> String) -> String {
        pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .value(let name): value(name)
            }
        }.joined()
    }

    /// Text as HTML, in ASCII: whatever could mean something to a reader becomes a character reference.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&", "<", ">", "\"", "'": result += "&#\(scalar.value);"
            case "\u{20}"..."\u{7E}": result.unicodeScalars.append(scalar)
            default: result += "&#\(scalar.value);"
            }
        }
        return result
    }
}
