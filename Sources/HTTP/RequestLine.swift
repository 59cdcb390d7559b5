/// The request line (RFC 9112 §3), restricted to what an origin server serves: origin-form targets, absolute-form ones,
/// and `*` for OPTIONS.
struct RequestLine: Sendable {
    let method: Method
    let path: String
    let query: String?
    /// The authority of an absolute-form target (RFC 9112 §3.2.2), which Host must repeat; nil for every other form.
    let authority: String?
    /// HTTP/1.1, otherwise HTTP/1.0.
    let isVersion11: Bool

    /// Parses the line. The version is judged before the method and the method before the target, so that the preface
    /// of HTTP/2 is answered 505 and CONNECT 501.
    init(_ line: Span<UInt8>) throws(Refusal) {
        var methodEnd = 0
        while methodEnd < line.count, Grammar.isTokenByte(line[methodEnd]) { methodEnd += 1 }
        guard methodEnd > 0, methodEnd < line.count, line[methodEnd] == 0x20 else {
            throw Refusal(.badRequest, "the request line does not begin with a method and one space")
        }
        var targetEnd = methodEnd + 1
        while targetEnd < line.count, line[targetEnd] != 0x20 { targetEnd += 1 }
        guard targetEnd > methodEnd + 1, targetEnd < line.count else {
            throw Refusal(.badRequest, "the request line is not method, target and version with one space between")
        }
        isVersion11 = try Self.version(line.extracting((targetEnd + 1)..<line.count))
        guard let method = Method(line.extracting(0..<methodEnd)) else {
            throw Refusal(.notImplemented, "the method is not implemented")
        }
        self.method = method
        let whole = line.extracting((methodEnd + 1)..<targetEnd)
        let authorityEnd = Self.authorityEnd(whole)
        authority = authorityEnd.map { end in
            String(repairing: whole.extracting(Self.schemeLength(whole)..<end))
        }
        let target = whole.extracting((authorityEnd ?? 0)..<whole.count)
        guard target.count > 0 else {
            // RFC 9110 §4.2.3: an empty path is the same as `/`.
            (path, query) = ("/", nil)
            return
        }
        let pathEnd = try Self.checkTarget(target, method)
        path = String(repairing: target.extracting(0..<pathEnd))
        query = pathEnd < target.count ? String(repairing: target.extracting((pathEnd + 1)..<target.count)) : nil
    }

    /// Where the authority of an absolute-form target ends; nil for a target of another form.
    private static func authorityEnd(_ target: Span<UInt8>) -> Int? {
        let begin = schemeLength(target)
        guard begin > 0 else { return nil }
        var end = begin
        while end < target.count, target[end] != 0x2F, target[end] != 0x3F { end += 1 }
        return end
    }

    /// The length of `http://` or `https://` at the beginning of a target, in whatever letter case; 0 without.
    private static func schemeLength(_ target: Span<UInt8>) -> Int {
        for length in [7, 8] where target.count > length {
            let scheme: StaticString = length == 7 ? "http://" : "https://"
            if Grammar.equals(target.extracting(0..<length), ignoringCase: scheme) { return length }
        }
        return 0
    }

    /// Whether the version is HTTP/1.1; otherwise it is HTTP/1.0.
    private static func version(_ text: Span<UInt8>) throws(Refusal) -> Bool {
        guard text.count == 8, text.extracting(0..<5).spells("HTTP/"), Grammar.isDigit(text[5]), text[6] == 0x2E,
            Grammar.isDigit(text[7])
        else { throw Refusal(.badRequest, "the version of the request line is malformed") }
        guard text[5] == 0x31 else {
            throw Refusal(.httpVersionNotSupported, "only HTTP/1.1 and HTTP/1.0 are spoken here")
        }
        // RFC 9110 §2.5: a higher minor version is answered as the highest that is known.
        return text[7] >= 0x31
    }

    /// Where the path of a sound target ends: at its `?` or at its end.
    private static func checkTarget(_ target: Span<UInt8>, _ method: Method) throws(Refusal) -> Int {
        if target.count == 1, target[0] == 0x2A {
            guard method == .options else { throw Refusal(.badRequest, "the target * is for OPTIONS only") }
            return 1
        }
        guard target[0] == 0x2F else { throw Refusal(.badRequest, "the request target does not begin with a slash") }
        guard let pathEnd = originFormPathEnd(target) else {
            throw Refusal(.badRequest, "the request target has a byte that must be percent-encoded")
        }
        return pathEnd
    }

    /// The end of the path in an origin-form target (RFC 9112 §3.2.1, RFC 3986 §3.3 and §3.4); nil when it is none.
    static func originFormPathEnd(_ target: Span<UInt8>) -> Int? {
        guard target.count > 0, target[0] == 0x2F else { return nil }
        var pathEnd: Int?
        var index = 0
        while index < target.count {
            let byte = target[index]
            if byte == 0x25 {
                guard index + 2 < target.count, Grammar.hexValue(target[index + 1]) != nil,
                    Grammar.hexValue(target[index + 2]) != nil
                else { return nil }
                index += 2
            } else if byte == 0x3F {
                if pathEnd == nil { pathEnd = index }
            } else if byte != 0x2F {
                guard Grammar.isPathByte(byte) else { return nil }
            }
            index += 1
        }
        return pathEnd ?? target.count
    }
}

extension Span<UInt8> {
    /// Whether the bytes are those of `word`.
    func spells(_ word: StaticString) -> Bool {
        guard count == word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { expected in
            for index in indices where self[index] != expected[index] { return false }
            return true
        }
    }
}
