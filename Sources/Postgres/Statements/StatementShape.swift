/// A statement without its values: what is prepared once on each link.
///
/// Two shapes are equal when they are made of the same constants and the same literals in memory, which is cheaper to
/// see than equal text; a text that occurs twice in the program is prepared twice, which does no harm.
struct StatementShape: Hashable, Sendable {
    private enum Piece: Hashable, Sendable {
        /// Where a literal lies, for as long as the process lives.
        case literal(address: UInt, length: Int)
        /// A name, which is quoted.
        case identifier(String)
        /// A number that the statement is planned for.
        case constant(Int32)
        /// A parameter of this type (0: PostgreSQL infers it).
        case parameter(PostgresOID)
    }

    private var pieces: [Piece] = []
    private(set) var parameterTypes: [PostgresOID] = []
    /// Of the pieces, kept up as they come: a shape is looked up far more often than it is made.
    private var fingerprint: UInt64 = 14_695_981_039_346_656_037

    mutating func append(_ literal: StaticString) {
        precondition(literal.hasPointerRepresentation, "a literal of one scalar, made outside a string literal")
        guard literal.utf8CodeUnitCount > 0 else { return }
        append(.literal(address: UInt(bitPattern: literal.utf8Start), length: literal.utf8CodeUnitCount))
    }

    mutating func append(parameter type: PostgresOID) {
        append(.parameter(type))
        parameterTypes.append(type)
    }

    mutating func append(identifier name: String) {
        append(.identifier(name))
    }

    mutating func append(constant number: Int32) {
        append(.constant(number))
    }

    var hasConstants: Bool {
        pieces.contains { if case .constant = $0 { true } else { false } }
    }

    mutating func append(_ other: StatementShape) {
        for piece in other.pieces { append(piece) }
        parameterTypes.append(contentsOf: other.parameterTypes)
    }

    private mutating func append(_ piece: Piece) {
        pieces.append(piece)
        let number: UInt64 =
            switch piece {
            case .literal(let address, let length): UInt64(address) ^ UInt64(length) << 48
            case .identifier(let name): UInt64(bitPattern: Int64(name.hashValue))
            case .constant(let number): UInt64(bitPattern: Int64(number)) ^ 1 << 62
            case .parameter(let type): UInt64(type) ^ 1 << 61
            }
        fingerprint = (fingerprint ^ number) &* 1_099_511_628_211
        fingerprint ^= fingerprint >> 29
    }

    /// The same statement with other constants, in their order.
    func replacingConstants(by constants: [Int32]) -> StatementShape {
        var shape = StatementShape()
        shape.pieces.reserveCapacity(pieces.count)
        shape.parameterTypes = parameterTypes
        var rest = constants[...]
        for piece in pieces {
            if case .constant = piece, let next = rest.popFirst() {
                shape.append(.constant(next))
            } else {
                shape.append(piece)
            }
        }
        return shape
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(fingerprint)
    }

    static func == (one: StatementShape, other: StatementShape) -> Bool {
        one.fingerprint == other.fingerprint && one.pieces == other.pieces
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
            case .constant(let constant):
                // In parentheses, so that a sign cannot meet an operator before it.
                text += "(\(constant))"
            case .parameter:
                number += 1
                text += "$\(number)"
            }
        }
        return text
    }
}
