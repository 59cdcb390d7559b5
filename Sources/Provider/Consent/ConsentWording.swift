import Crypto
public import JOSE

/// The sentences by which a page asked for consent, in the language it was shown in. Their version says which they were,
/// whoever changes the descriptions of scopes later.
public struct ConsentWording: Sendable, Equatable {
    /// The language of the page.
    public let language: String
    /// Scope and sentence, in the page's order.
    public let sentences: [(scope: String, words: String)]

    /// What a page in this language says of these scopes.
    ///
    /// - Parameter language: a primary language subtag in lower case.
    public init(of scopes: some Sequence<Scope>, in language: String) {
        self.language = language
        sentences = scopes.map { ($0.name, $0.words(in: language)) }
    }

    /// `<language>.<hash>`: SHA-256 of the sentences, cut to 96 bits.
    public var version: String {
        var writer = JSONWriter()
        writer.value([language] + sentences.flatMap { [$0.scope, $0.words] })
        return "\(language).\(Base64URL.encode(Array(SHA256.hash(writer.bytes).prefix(12))))"
    }

    /// The sentences of a version that somebody sends back, as they are today; nil for what can be none.
    init?(of scopes: some Sequence<Scope>, inLanguageOf version: String) {
        guard let dot = version.utf8.firstIndex(of: UInt8(ascii: ".")) else { return nil }
        let language = version[..<dot]
        guard (2...8).contains(language.utf8.count), language.utf8.allSatisfy(ASCII.isLetter) else { return nil }
        self.init(of: scopes, in: String(language))
    }

    /// The sentences by scope.
    public var json: JSON { .object(JSONObject(sentences.map { ($0.scope, .string($0.words)) })) }

    /// Whether they are the same sentences in the same language.
    public static func == (a: ConsentWording, b: ConsentWording) -> Bool {
        a.language == b.language && a.sentences.elementsEqual(b.sentences, by: ==)
    }
}

extension ConsentPrompt {
    /// The sentences that the page shows in this language.
    public func wording(in language: String) -> ConsentWording {
        ConsentWording(of: choices.map(\.scope), in: language)
    }
}

extension DevicePrompt {
    /// The sentences that the page shows in this language.
    public func wording(in language: String) -> ConsentWording {
        ConsentWording(of: choices.map(\.scope), in: language)
    }
}

/// What a form says of the words that it had.
enum SaidWording: Sendable {
    /// It does not say.
    case nothing
    /// Those that a page would have today.
    case current(ConsentWording)
    /// Others: somebody has changed a description since, and what the user read is not what would be recorded.
    case outdated

    /// The words, where they are known.
    var known: ConsentWording? {
        if case .current(let wording) = self { wording } else { nil }
    }
}

extension OpenIDProvider {
    /// What a form that asks for these scopes says of its words.
    func wording(of asked: ScopeList, said version: String?) -> SaidWording {
        guard let version else { return .nothing }
        let known = scopes.current
        let scopes = asked.map { known[$0] ?? Scope(name: $0, descriptions: [:]) }
        guard let wording = ConsentWording(of: scopes, inLanguageOf: version), wording.version == version else {
            return .outdated
        }
        return .current(wording)
    }
}
