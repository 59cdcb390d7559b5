import Synchronization
import Testing

@testable import Provider

@Suite("Scopes and their words")
struct ScopeTests {
    private let scope = Scope(
        name: "reports:read", descriptions: ["en": "Read reports", "de-AT": "Berichte lesen", "fr": "Lire"])

    @Test("a page takes the very language, else one of the same primary language, else English, else the bare name")
    func words() {
        #expect(scope.words(in: "fr") == "Lire")
        #expect(scope.words(in: "de") == "Berichte lesen")
        #expect(scope.words(in: "nl") == "Read reports")
        #expect(Scope(name: "x", descriptions: [:]).words(in: "en") == "x")
    }

    @Test("every scope token has one id that any path can have, and comes back from it (RFC 6749 §3.3)")
    func ids() {
        let names = [
            "openid", "a:b", "a@b", "~a", "~", ".", "..", "a/b", "https://api.example/x?y#z", "%41", "a;b", "[{}]", "!",
        ]
        for name in names {
            let id = Scope(name: name, descriptions: [:]).id
            #expect(id.utf8.allSatisfy { ASCII.isUnreserved($0) || ":@".utf8.contains($0) })
            #expect(id != "." && id != "..")
            #expect(Scope.name(of: id) == name)
        }
        #expect(Set(names.map { Scope(name: $0, descriptions: [:]).id }).count == names.count)
        // What another spelling of an id would be.
        for id in ["~b3BlbmlkCg==", "~!", "~b3BlbmlK", "a/b", "~\u{e4}"]
        where id != Scope(name: "openid", descriptions: [:]).id {
            #expect(Scope.name(of: id) == nil || Scope(name: Scope.name(of: id) ?? "", descriptions: [:]).id == id)
        }
        #expect(Scope.name(of: "~b3Blbmlk") == nil)
    }

    @Test("the version of a wording is another for every other word, order or language, and the same for the same")
    func version() {
        let other = Scope(name: "openid", descriptions: ["en": "Sign in", "de": "Anmelden"])
        let wording = ConsentWording(of: [scope, other], in: "en")
        #expect(wording.version == ConsentWording(of: [scope, other], in: "en").version)
        var changed = scope
        changed.descriptions["en"] = "Read all reports"
        let versions = [
            wording, ConsentWording(of: [other, scope], in: "en"), ConsentWording(of: [scope], in: "en"),
            ConsentWording(of: [changed, other], in: "en"), ConsentWording(of: [scope, other], in: "de"),
            ConsentWording(of: [scope, other], in: "nl"),
        ].map(\.version)
        #expect(Set(versions).count == versions.count)
        #expect(ConsentWording(of: [scope, other], inLanguageOf: wording.version) == wording)
        for text in ["", "en", ".", "e.x", "en-GB.x", "ü.x", "abcdefghi.x"] {
            #expect(ConsentWording(of: [scope], inLanguageOf: text) == nil)
        }
    }
}

@Suite("ScopeCatalog")
struct ScopeCatalogTests {
    /// Answers each reading when it is told to, with the scopes of that moment.
    private final class SlowStore: ScopeStore {
        private let state = Mutex<(scopes: [Scope], waiting: [CheckedContinuation<Void, Never>])>(([], []))

        func change(to name: String) { state.withLock { $0.scopes = [Scope(name: name, descriptions: ["en": name])] } }
        var waitingCount: Int { state.withLock { $0.waiting.count } }

        /// Lets the reading go on that has waited longest, or shortest.
        func release(first: Bool) {
            state.withLock { first ? $0.waiting.removeFirst() : $0.waiting.removeLast() }.resume()
        }

        func scopes() async throws(OAuthError) -> [Scope] {
            let read = state.withLock(\.scopes)
            await withCheckedContinuation { continuation in state.withLock { $0.waiting.append(continuation) } }
            return read
        }
        func scopes(_ page: PageRequest) async throws(OAuthError) -> Page<Scope> { Page(items: [], nextCursor: nil) }
        func scope(_ name: String) async throws(OAuthError) -> Scope? { nil }
        func create(_ scope: Scope, _ record: Record) async throws(OAuthError) -> Bool { false }
        func replace(_ scope: Scope, _ record: Record) async throws(OAuthError) -> Bool { false }
        func delete(_ name: String, force: Bool, _ record: Record) async throws(OAuthError) -> ScopeDeletion {
            .unknown
        }
    }

    @Test("of readings that overlap the one that began last stays, whichever ends last", arguments: [true, false])
    func overlapping(olderFirst: Bool) async throws {
        let (store, catalog) = (SlowStore(), ScopeCatalog([]))
        store.change(to: "old")
        let older = Task { try await catalog.refresh(from: store) }
        while store.waitingCount < 1 { await Task.yield() }
        store.change(to: "new")
        let newer = Task { try await catalog.refresh(from: store) }
        while store.waitingCount < 2 { await Task.yield() }
        store.release(first: olderFirst)
        try await (olderFirst ? older : newer).value
        store.release(first: true)
        try await (olderFirst ? newer : older).value
        #expect(catalog.names == ["new"])
        #expect(catalog.version == (olderFirst ? 2 : 1))
    }
}
