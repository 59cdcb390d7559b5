/// Writes JSON straight to bytes, without a tree. The output is always valid: commas are placed by the writer, strings
/// are escaped, and a number that JSON cannot write becomes `null`.
///
/// ```swift
/// var writer = JSONWriter()
/// writer.object { writer in
///     writer.member("iss", issuer)
///     writer.member("aud", ["a", "b"])
/// }
/// ```
public struct JSONWriter: Sendable {
    /// What was written so far.
    public private(set) var bytes: [UInt8] = []
    private let escapingHTML: Bool
    private var needsComma = false

    /// - Parameters:
    ///   - capacity: the expected size in bytes.
    ///   - escapingHTML: writes `<`, `>`, `&`, U+2028 and U+2029 as escapes, so that the text may stand inside a
    ///     `script` element; it means the same.
    public init(capacity: Int = 256, escapingHTML: Bool = false) {
        bytes.reserveCapacity(capacity)
        self.escapingHTML = escapingHTML
    }

    /// A value; the whole text, or an element of the array being written.
    public mutating func value(_ value: JSON) {
        switch value {
        case .null: literal("null")
        case .bool(let value): self.value(value)
        case .integer(let value): self.value(value)
        case .double(let value): self.value(value)
        case .string(let value): self.value(value)
        case .array(let elements):
            array { writer in for element in elements { writer.value(element) } }
        case .object(let object):
            self.object { writer in for member in object.members { writer.member(member.name, member.value) } }
        }
    }

    /// A string.
    public mutating func value(_ text: String) {
        separate()
        quote(text)
        needsComma = true
    }

    /// An integer.
    public mutating func value(_ number: Int64) {
        separate()
        append(digitsOf: number)
        needsComma = true
    }

    /// An integer.
    public mutating func value(_ number: Int) {
        value(Int64(number))
    }

    /// A Boolean.
    public mutating func value(_ flag: Bool) {
        literal(flag ? "true" : "false")
    }

    /// A number; `null` when it is infinite or not a number, which JSON cannot write.
    public mutating func value(_ number: Double) {
        guard number.isFinite else { return literal("null") }
        separate()
        bytes += number.description.utf8
        needsComma = true
    }

    /// An array of strings.
    public mutating func value(_ texts: [String]) {
        array { writer in for text in texts { writer.value(text) } }
    }

    /// An array whose elements `body` writes.
    public mutating func array(_ body: (inout JSONWriter) -> Void) {
        open(UInt8(ascii: "["))
        body(&self)
        close(UInt8(ascii: "]"))
    }

    /// An object whose members `body` writes. That names differ is the caller's promise.
    public mutating func object(_ body: (inout JSONWriter) -> Void) {
        open(UInt8(ascii: "{"))
        body(&self)
        close(UInt8(ascii: "}"))
    }

    /// A value that is JSON already, written as it is: what a ``JSONWriter`` gave before.
    public mutating func value(raw: [UInt8]) {
        separate()
        bytes += raw
        needsComma = true
    }

    /// The name of a member of the object being written; its value comes next.
    mutating func name(_ name: String) {
        separate()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func literal(_ word: StaticString) {
        separate()
        bytes += UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        needsComma = true
    }

    private mutating func append(digitsOf number: Int64) {
        var magnitude = number.magnitude
        let start = bytes.count
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(magnitude % 10))
            magnitude /= 10
        } while magnitude > 0
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        bytes[start...].reverse()
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        JSONEscaping.append(text, to: &bytes, escapingHTML: escapingHTML)
        bytes.append(UInt8(ascii: "\""))
    }
}
