import JOSE
import Provider

/// What a value may be, in the words of JSON Schema 2020-12, by which OpenAPI 3.1 describes bodies and parameters.
struct Schema: Sendable {
    private var keywords: [(name: String, value: JSON)]

    private init(_ keywords: [(name: String, value: JSON)?]) { self.keywords = keywords.compactMap { $0 } }

    /// The schema as the document has it.
    var json: JSON { .object(JSONObject(keywords)) }

    /// A member of an object.
    struct Member: Sendable {
        var name: String
        var schema: Schema
        var isRequired: Bool

        /// A member that may be missing.
        static func optional(_ name: String, _ schema: Schema, _ words: String? = nil) -> Member {
            Member(name: name, schema: schema.described(words), isRequired: false)
        }

        /// A member that is always there.
        static func required(_ name: String, _ schema: Schema, _ words: String? = nil) -> Member {
            Member(name: name, schema: schema.described(words), isRequired: true)
        }
    }
}

// MARK: Texts

extension Schema {
    /// Any text.
    static let string = Schema([("type", "string")])

    /// A text of so many characters. Of one line the server counts bytes: what has others than ASCII may be shorter only.
    static func string(
        _ lengths: ClosedRange<Int>, pattern: String? = nil, format: String? = nil
    ) -> Schema {
        Schema([
            ("type", "string"), lengths.lowerBound > 0 ? ("minLength", .integer(Int64(lengths.lowerBound))) : nil,
            ("maxLength", .integer(Int64(lengths.upperBound))), pattern.map { ("pattern", .string($0)) },
            format.map { ("format", .string($0)) },
        ])
    }

    /// A text without control characters, as management reads it.
    static func text(_ lengths: ClosedRange<Int>) -> Schema {
        string(lengths, pattern: "^[^\\u0000-\\u001F\\u007F]*$")
    }

    /// The pattern of texts without control characters with something to see in them.
    static let visible = "^[^\\u0000-\\u001F\\u007F]*\\S[^\\u0000-\\u001F\\u007F]*$"

    /// A password that somebody chooses.
    static func password(_ policy: PasswordPolicy) -> Schema {
        string(policy.shortest...PasswordPolicy.longest, pattern: "^[^\\u0000]*$")
    }

    /// An absolute URI.
    static let uri = string(1...2000, format: "uri")
    /// A moment by RFC 3339; answers have it in UTC.
    static let time = string(20...40, format: "date-time")
    /// The id of an object: what may stand in a path.
    static let id = string(1...400, pattern: "^[A-Za-z0-9._~:@-]+$")
    /// The name of a scope (RFC 6749 §3.3).
    static let scopeName = string(1...200, pattern: "^[\\x21\\x23-\\x5B\\x5D-\\x7E]+$")
    /// Scopes separated by spaces.
    static let scopeLine = string(0...8000, pattern: "^[\\x20\\x21\\x23-\\x5B\\x5D-\\x7E]*$")

    /// The same in a query, where it names one at least.
    static let scopeQuery = string(
        1...2000, pattern: "^[\\x20\\x21\\x23-\\x5B\\x5D-\\x7E]*[\\x21\\x23-\\x5B\\x5D-\\x7E]$")

    /// One of these texts.
    static func among(_ texts: [String]) -> Schema { Schema([("type", "string"), ("enum", .strings(texts))]) }

    /// One of the names of these cases.
    static func among<Cases: CaseIterable & RawRepresentable>(_: Cases.Type) -> Schema
    where Cases.RawValue == String { among(Cases.allCases.map(\.rawValue)) }
}

// MARK: Numbers, truth, lists, objects

extension Schema {
    /// `true` or `false`.
    static let boolean = Schema([("type", "boolean")])
    /// This very value.
    static func only(_ value: JSON) -> Schema { Schema([("const", value)]) }
    /// No value at all.
    static let null = Schema([("type", "null")])
    /// Any value.
    static let any = Schema([])

    /// A whole number.
    static func integer(_ least: Int, _ most: Int? = nil) -> Schema {
        Schema([
            ("type", "integer"), ("minimum", .integer(Int64(least))), most.map { ("maximum", .integer(Int64($0))) },
        ])
    }

    /// A list.
    static func list(of item: Schema, _ counts: ClosedRange<Int>? = nil, isSet: Bool = false) -> Schema {
        Schema([
            ("type", "array"), ("items", item.json),
            counts.flatMap { $0.lowerBound > 0 ? ("minItems", .integer(Int64($0.lowerBound))) : nil },
            counts.map { ("maxItems", .integer(Int64($0.upperBound))) }, isSet ? ("uniqueItems", true) : nil,
        ])
    }

    /// A list as management reads it: without repeats.
    static func set(of item: Schema, _ counts: ClosedRange<Int> = 0...100) -> Schema {
        list(of: item, counts, isSet: true)
    }

    /// An object that may have members beside these.
    static func object(_ members: [Member]) -> Schema { object(members, isClosed: false) }

    /// An object whose unknown members are refused by name.
    static func closed(_ members: [Member]) -> Schema { object(members, isClosed: true) }

    private static func object(_ members: [Member], isClosed: Bool) -> Schema {
        let required = members.filter(\.isRequired).map(\.name)
        return Schema([
            ("type", "object"),
            ("properties", .object(JSONObject(members.map { (name: $0.name, value: $0.schema.json) }))),
            required.isEmpty ? nil : ("required", .strings(required)),
            isClosed ? ("additionalProperties", false) : nil,
        ])
    }

    /// An object with values of one kind under names of one kind.
    static func map(_ names: Schema, to values: Schema, atMost most: Int, required: [String] = []) -> Schema {
        Schema([
            ("type", "object"), ("propertyNames", names.json), ("additionalProperties", values.json),
            ("maxProperties", .integer(Int64(most))), required.isEmpty ? nil : ("required", .strings(required)),
        ])
    }

    /// `{"items": […], "nextCursor": …}`.
    static func page(of item: String) -> Schema {
        object([
            .required("items", list(of: component(item), 0...200)),
            .required("nextCursor", text(1...2000).orNull, "What `cursor` takes for the next page; null on the last."),
        ])
    }
}

// MARK: Put together

extension Schema {
    /// The schema of this name among the document's components.
    static func component(_ name: String) -> Schema {
        Schema([("$ref", .string("#/components/schemas/\(name)"))])
    }

    /// One of these and no other.
    static func oneOf(_ schemas: [Schema]) -> Schema { Schema([("oneOf", .array(schemas.map(\.json)))]) }

    /// Beside what this says, this rule.
    func and(_ name: String, _ value: JSON) -> Schema {
        var schema = self
        schema.keywords.append((name, value))
        return schema
    }

    /// Exactly one of these members must be there.
    func withOne(of names: [String]) -> Schema {
        and("oneOf", .array(names.map { ["required": .strings([$0])] }))
    }

    /// These members never stand beside each other.
    func without(both names: [String]) -> Schema { and("not", ["required": .strings(names)]) }

    /// The same, or null.
    var orNull: Schema {
        var schema = self
        guard let index = keywords.firstIndex(where: { $0.name == "type" }) else {
            return Schema([("anyOf", .array([json, Self.null.json]))])
        }
        schema.keywords[index].value = .array([keywords[index].value, "null"])
        if let index = keywords.firstIndex(where: { $0.name == "enum" }) {
            schema.keywords[index].value = .array((keywords[index].value.array ?? []) + [.null])
        }
        return schema
    }

    /// With these words.
    func described(_ words: String?) -> Schema { words.map { and("description", .string($0)) } ?? self }

    /// What is taken when it is left out.
    func standard(_ value: JSON) -> Schema { and("default", value) }
}

extension JSON {
    /// An array of strings.
    fileprivate static func strings(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }
}
