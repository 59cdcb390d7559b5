import HTTP
import JOSE
import Provider

/// What a route does, for those who call it: the entry of the site map's route in the OpenAPI document. Who may call it,
/// the media types of its body and the errors that every route of its kind has follow from the ``Route`` itself
/// (``RouteDescription``).
struct Operation: Sendable {
    let method: Method
    /// As documentation writes it, without the issuer's own path.
    let path: String
    /// The name that generated clients call it by.
    let id: String
    let summary: String
    let words: String?
    /// Of the query, and those of the path that are no ids.
    let parameters: [Parameter]
    let body: Body?
    let answers: [Answer]
    /// The codes it answers errors by, beside those that all routes of its kind have.
    let codes: [OAuthError.Code]

    init(
        _ method: Method, _ path: String, _ id: String, _ summary: String, words: String? = nil,
        parameters: [Parameter] = [], body: Body? = nil, answers: [Answer], codes: [OAuthError.Code] = []
    ) {
        self.method = method
        self.path = path
        self.id = id
        self.summary = summary
        self.words = words
        self.parameters = parameters
        self.body = body
        self.answers = answers
        self.codes = codes
    }

    /// Operations that belong together.
    struct Group: Sendable {
        let name: String
        let words: String
        let operations: [Operation]
        /// The schemas that they name.
        var schemas: [(name: String, schema: Schema)] = []
    }

    /// A parameter of the query, the path or the header.
    struct Parameter: Sendable {
        let place: String
        let name: String
        let schema: Schema
        let words: String
        let isRequired: Bool

        static func query(
            _ name: String, _ schema: Schema, _ words: String, isRequired: Bool = false
        ) -> Parameter {
            Parameter(place: "query", name: name, schema: schema, words: words, isRequired: isRequired)
        }

        static func path(_ name: String, _ schema: Schema, _ words: String) -> Parameter {
            Parameter(place: "path", name: name, schema: schema, words: words, isRequired: true)
        }

        static func header(_ name: String, _ schema: Schema, _ words: String) -> Parameter {
            Parameter(place: "header", name: name, schema: schema, words: words, isRequired: false)
        }

        /// What every list takes, before its own filters.
        static func list(_ filters: [Parameter] = []) -> [Parameter] {
            [
                .query("limit", .integer(1, 200).standard(50), "Most items of a page."),
                .query("cursor", .text(1...2000), "The `nextCursor` of the page before."),
            ] + filters
        }
    }

    /// What a request carries, in each of the media types that its route takes.
    struct Body: Sendable {
        let schema: Schema
        let example: JSON
        let isRequired: Bool

        init(_ schema: Schema, example: JSON, isRequired: Bool = true) {
            self.schema = schema
            self.example = example
            self.isRequired = isRequired
        }
    }

    /// What is answered when all is well.
    struct Answer: Sendable {
        let status: Status
        let words: String
        /// One of these; none without content.
        var mediaTypes: [String] = []
        let schema: Schema?
        let example: JSON?
        /// The header fields that make this answer what it is.
        let headers: [String]

        /// A JSON value.
        static func json(
            status: Status = .ok, _ words: String, _ schema: Schema, example: JSON, headers: [String] = []
        ) -> Answer {
            Answer(
                status: status, words: words, mediaTypes: ["application/json"], schema: schema, example: example,
                headers: headers)
        }

        /// No content.
        static func nothing(status: Status = .noContent, _ words: String, headers: [String] = []) -> Answer {
            Answer(status: status, words: words, schema: nil, example: nil, headers: headers)
        }

        /// A text of another kind.
        static func text(_ mediaTypes: [String], _ words: String, status: Status = .ok) -> Answer {
            Answer(
                status: status, words: words, mediaTypes: mediaTypes, schema: .string, example: nil, headers: [])
        }

        /// A page for a person.
        static func page(_ words: String, _ status: Status = .ok) -> Answer {
            text(["text/html"], words, status: status)
        }

        /// On to another address.
        static func redirect(_ words: String) -> Answer { nothing(status: .seeOther, words, headers: ["Location"]) }
    }
}
