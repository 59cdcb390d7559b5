/// Why bytes are not the CBOR that is read here: RFC 8949 in CTAP2's canonical form, which a decoder should hold its
/// peers to (WebAuthn Level 2 §2.4).
public enum CBORError: Error, Sendable, Equatable, CustomStringConvertible {
    /// An item ends after the bytes do, or is longer than what is left of them.
    case truncated
    /// Bytes after the item.
    case trailingBytes
    /// More than four arrays and maps within each other, CTAP2's limit.
    case tooDeep
    /// A string, array or map of indefinite length.
    case indefiniteLength
    /// A number or a length that could have been written shorter.
    case notShortest
    /// A head that RFC 8949 §3 leaves unassigned, or a break without anything to end.
    case reservedHead
    /// A tag, which CTAP2 forbids.
    case tag
    /// A simple value other than `false`, `true` and `null`.
    case unsupportedSimpleValue
    /// A text string that is not UTF-8.
    case invalidUTF8
    /// A map's key that is neither an integer nor a text string.
    case unsupportedKey
    /// A map's key that stood there before.
    case repeatedKey
    /// A map's key that belongs before the previous one.
    case keyOrder

    /// What is wrong.
    public var description: String {
        switch self {
        case .truncated: "CBOR that ends within an item"
        case .trailingBytes: "bytes after the CBOR"
        case .tooDeep: "CBOR nested too deeply"
        case .indefiniteLength: "CBOR of indefinite length"
        case .notShortest: "a CBOR number that is not written as short as possible"
        case .reservedHead: "CBOR with an unassigned head"
        case .tag: "CBOR with a tag"
        case .unsupportedSimpleValue: "an unsupported simple value in CBOR"
        case .invalidUTF8: "a CBOR text that is not UTF-8"
        case .unsupportedKey: "a CBOR map whose key is neither integer nor text"
        case .repeatedKey: "a CBOR map with a repeated key"
        case .keyOrder: "a CBOR map whose keys are out of order"
        }
    }
}
