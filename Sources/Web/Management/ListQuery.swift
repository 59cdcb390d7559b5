import HTTP
import Provider

/// The query of a request that does something: its parameters, in camelCase or snake_case; anything else is refused by
/// name, so that nobody takes for said what was not understood.
struct ActQuery {
    private(set) var parameters: [String: String] = [:]

    init(_ exchange: Exchange, parameters known: [String]) throws(OAuthError) {
        for (sent, value) in try RequestBody.query(of: exchange.request) {
            let name = MemberName.camelCase(sent)
            guard known.contains(name) else {
                var error = OAuthError.malformed(String(sent.prefix(64)), "is not known here")
                error.detail = "known: \(known.sorted().joined(separator: " "))"
                throw error
            }
            guard parameters.updateValue(value, forKey: name) == nil else {
                throw .malformed(sent, "appears more than once")
            }
            guard !value.isEmpty else { throw .malformed(sent, "is empty") }
            guard value.utf8.count <= 2000 else { throw .malformed(sent, "is longer than 2000 bytes") }
            guard value.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
                throw .malformed(sent, "has a control character")
            }
        }
    }

    subscript(_ name: String) -> String? { parameters[name] }

    /// `true` or `false`; false when it is left out.
    func flag(_ name: String) throws(OAuthError) -> Bool {
        switch parameters[name] {
        case nil, "false": false
        case "true": true
        default: throw .malformed(name, "must be true or false")
        }
    }
}

/// The query of a list: `limit`, `cursor` and the filters of that list; what is unknown is refused, so that nobody takes
/// an unfiltered list for a filtered one.
struct ListQuery {
    let page: PageRequest
    private let query: ActQuery

    init(_ exchange: Exchange, filters known: [String] = []) throws(OAuthError) {
        query = try ActQuery(exchange, parameters: known + ["limit", "cursor"])
        var page = PageRequest()
        if let text = query["limit"] {
            guard text.utf8.allSatisfy(Grammar.isDigit), let limit = Int(text), (1...200).contains(limit)
            else { throw .malformed("limit", "must be a whole number from 1 to 200") }
            page.limit = limit
        }
        page.cursor = query["cursor"]
        self.page = page
    }

    subscript(_ filter: String) -> String? { query[filter] }

    /// `true` or `false`; false when it is left out.
    func flag(_ filter: String) throws(OAuthError) -> Bool { try query.flag(filter) }
}
