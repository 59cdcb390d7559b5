@testable import WebAuthn

extension CBOR {
    /// CTAP2's canonical form, where the order of keys is already right; a floating-point number has lost its bytes.
    var encoded: [UInt8] {
        switch self {
        case .unsigned(let value): Self.head(0, value)
        case .negative(let value): Self.head(1, value)
        case .bytes(let bytes): Self.head(2, UInt64(bytes.count)) + bytes
        case .text(let text): Self.head(3, UInt64(text.utf8.count)) + Array(text.utf8)
        case .array(let elements): Self.head(4, UInt64(elements.count)) + elements.flatMap(\.encoded)
        case .map(let map):
            Self.head(5, UInt64(map.entries.count)) + map.entries.flatMap { $0.key.encoded + $0.value.encoded }
        case .bool(let flag): [flag ? 0xF5 : 0xF4]
        case .null: [0xF6]
        case .float: []
        }
    }

    private static func head(_ type: UInt8, _ argument: UInt64) -> [UInt8] {
        let bytes = (0..<8).reversed().map { UInt8(truncatingIfNeeded: argument >> ($0 * 8)) }
        return switch argument {
        case 0..<24: [type << 5 | bytes[7]]
        case 24..<1 << 8: [type << 5 | 24] + bytes[7...]
        case 1 << 8..<1 << 16: [type << 5 | 25] + bytes[6...]
        case 1 << 16..<1 << 32: [type << 5 | 26] + bytes[4...]
        default: [type << 5 | 27] + bytes
        }
    }
}
