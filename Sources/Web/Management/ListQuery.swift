import HTTP
import Provider

/// The query of a list: `limit`, `cursor` and the filters of that list, in camelCase or snake_case; anything else is
/// refused by name, so that nobody takes an unfiltered list for a filtered one.
struct ListQuery {
    let page: PageRequest
    private let filters: [String: String]

    init(_ exchange: Exchange, filters known: [String] = []) throws(OAuthError) {
        var filters: [String: String] = [:]
        for (sent, value) in try RequestBody.query(of: exchange.request) {
            let name = MemberName.camelCase(sent)
            guard known.contains(name) || name == "limit" || name == "cursor" else {
                throw .malformed(String(sent.prefix(64)), "is not known here")
            }
            guard filters.updateValue(value, forKey: name) == nil else {
                throw .malformed(sent, "appears more than once")
            }
            guard !value.isEmpty else { throw .malformed(sent, "is empty") }
        }
        var page = PageRequest()
        if let text = filters.removeValue(forKey: "limit") {
            guard text.utf8.allSatisfy(Grammar.isDigit), let limit = Int(text), (1...200).contains(limit)
            else { throw .malformed("limit", "must be a whole number from 1 to 200") }
            page.limit = limit
        }
        page.cursor = filters.removeValue(forKey: "cursor")
        self.page = page
        self.filters = filters
    }

    subscript(_ filter: String) -> String? { filters[filter] }
}
