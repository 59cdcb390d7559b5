internal import Postgres

/// A list of texts in PostgreSQL's text form, `{"a","b"}`, for a column of a coalesced insert that the statement casts
/// to `text[]`.
struct ArrayLiteral: PostgresEncodable {
    private let elements: [String]

    init(_ elements: [String]) { self.elements = elements }

    static var postgresType: PostgresType { .text }

    func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(UInt8(ascii: "{"))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(UInt8(ascii: "\""))
            for byte in element.utf8 {
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
                bytes.append(byte)
            }
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: "}"))
        return true
    }
}
