/// A statement without its values: what is prepared once on each link.
///
/// Two shapes are equal when they are made of the same literals in memory, which is cheaper to see than equal text;
/// a text that occurs twice in the program is prepared twice, which does no harm.
struct StatementShape: Hashable, Sendable {
    private enum Piece: Hashable, Sendable {
        /// Where a literal lies, for as long as the process lives.
        case literal(address: UInt, length: Int)
        /// A name, which is quoted.
        case identifier(String)
        /// A parameter of this type (0: PostgreSQL infers it).
        case parameter(PostgresOID)
    }

    private var pieces: [Piece] = []
    private(set) var parameterTypes: [PostgresOID] = []

    mutating func append(_ literal: StaticString) {
        precondition(literal.hasPointerRepresentation, "a literal of one scalar, made outside a string literal")
        guard literal.utf8CodeUnitCount > 0 else { return }
        pieces.append(.literal(address: UInt(bitPattern: literal.utf8Start), length: literal.utf8CodeUnitCount))
    }

    mutating func append(parameter type: PostgresOID) {
        pieces.append(.parameter(type))
        parameterTypes.append(type)
    }

    mutating func append(identifier name: String) {
        pieces.append(.identifier(name))
    }

    mutating func append(_ other: StatementShape) {
        pieces.append(contentsOf: other.pieces)
        parameterTypes.append(contentsOf: other.parameterTypes)
    }

    /// The statement as PostgreSQL reads it, with `$1`, `$2` …
    var text: String {
        var text = ""
        var number = 0
        for piece in pieces {
            switch piece {
            case .literal(let address, let length):
                let start = UnsafePointer<UInt8>(bitPattern: address)
                text += String(decoding: UnsafeBufferPointer(start: start, count: length), as: UTF8.self)
            case .identifier(let name):
                text +=
                    "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
                    + "\""
            case .parameter:
                number += 1
                text += "$\(number)"
            }
        }
        return text
    }
}
