/// A CBOR item (RFC 8949) of the kinds that authenticators write.
enum CBOR: Sendable, Equatable {
    /// An integer from 0.
    case unsigned(UInt64)
    /// The integer −1 − n.
    case negative(UInt64)
    /// A byte string.
    case bytes([UInt8])
    /// A text string.
    case text(String)
    /// An array.
    case array([CBOR])
    /// A map.
    case map(CBORMap)
    /// `false` or `true`
    case bool(Bool)
    /// `null`
    case null
    /// A floating-point number. Nothing here has a use for its value; an extension's output may contain one.
    case float

    /// The integer, when it is one that 64 bits with a sign can hold.
    var integer: Int64? {
        switch self {
        case .unsigned(let value): Int64(exactly: value)
        case .negative(let value): Int64(exactly: value).map { -1 - $0 }
        default: nil
        }
    }

    /// The byte string, when it is one.
    var bytes: [UInt8]? {
        if case .bytes(let value) = self { value } else { nil }
    }

    /// The text string, when it is one.
    var text: String? {
        if case .text(let value) = self { value } else { nil }
    }

    /// The map, when it is one.
    var map: CBORMap? {
        if case .map(let value) = self { value } else { nil }
    }
}

/// A CBOR map in its order, each key once, as the reader has made sure.
struct CBORMap: Sendable, Equatable {
    struct Entry: Sendable, Equatable {
        let key: CBOR
        let value: CBOR
    }

    let entries: [Entry]

    /// The value under an integer, as COSE names its parameters (RFC 9052 §1.4).
    subscript(label: Int64) -> CBOR? {
        entries.first { $0.key.integer == label }?.value
    }

    /// The value under a text.
    subscript(name: String) -> CBOR? {
        entries.first { entry in
            guard let text = entry.key.text else { return false }
            return haveEqualBytes(text, name)
        }?.value
    }
}

/// Whether two texts are the same bytes; `==` would also take canonical equivalents for equal.
func haveEqualBytes(_ left: String, _ right: String) -> Bool {
    left.utf8.elementsEqual(right.utf8)
}
