/// base64url without padding (RFC 4648 §5, RFC 7515 §2), strict: no padding, no whitespace, no other alphabet, and no
/// bits set in the last character that encode nothing, so that each byte string has exactly one text.
public enum Base64URL {
    /// The text of `bytes`.
    public static func encode(_ bytes: [UInt8]) -> String {
        let length = encodedCount(of: bytes.count)
        return String(unsafeUninitializedCapacity: length) { output in
            write(bytes, to: output)
            return length
        }
    }

    /// Appends the text of `bytes`.
    public static func append(_ bytes: [UInt8], to output: inout [UInt8]) {
        let start = output.count
        output.append(contentsOf: repeatElement(0, count: encodedCount(of: bytes.count)))
        output.withUnsafeMutableBufferPointer { buffer in
            write(bytes, to: UnsafeMutableBufferPointer(rebasing: buffer[start...]))
        }
    }

    /// How many characters `byteCount` bytes take.
    public static func encodedCount(of byteCount: Int) -> Int {
        (byteCount * 4 + 2) / 3
    }

    /// The bytes of `text`; nil when it is not exactly what ``encode(_:)`` gives for some bytes.
    public static func decode(_ text: String) -> [UInt8]? {
        var text = text
        return text.withUTF8(decode)
    }

    /// The bytes of a text; nil when it is not exactly what ``encode(_:)`` gives for some bytes.
    public static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        text.withUnsafeBufferPointer(decode)
    }

    private static func write(_ bytes: [UInt8], to output: UnsafeMutableBufferPointer<UInt8>) {
        alphabet.withUnsafeBufferPointer { alphabet in
            bytes.withUnsafeBufferPointer { input in
                var from = 0
                var to = 0
                while from + 3 <= input.count {
                    let group = UInt32(input[from]) << 16 | UInt32(input[from + 1]) << 8 | UInt32(input[from + 2])
                    output[to] = alphabet[Int(group >> 18)]
                    output[to + 1] = alphabet[Int(group >> 12 & 63)]
                    output[to + 2] = alphabet[Int(group >> 6 & 63)]
                    output[to + 3] = alphabet[Int(group & 63)]
                    from += 3
                    to += 4
                }
                switch input.count - from {
                case 1:
                    let group = UInt32(input[from])
                    output[to] = alphabet[Int(group >> 2)]
                    output[to + 1] = alphabet[Int(group << 4 & 63)]
                case 2:
                    let group = UInt32(input[from]) << 8 | UInt32(input[from + 1])
                    output[to] = alphabet[Int(group >> 10)]
                    output[to + 1] = alphabet[Int(group >> 4 & 63)]
                    output[to + 2] = alphabet[Int(group << 2 & 63)]
                default: break
                }
            }
        }
    }

    private static func decode(_ input: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard input.count % 4 != 1 else { return nil }
        let length = input.count / 4 * 3 + [0, 0, 1, 2][input.count % 4]
        var isValid = true
        let bytes = [UInt8](unsafeUninitializedCapacity: length) { output, count in
            values.withUnsafeBufferPointer { values in
                var seen: UInt8 = 0  // the union of all values: an invalid character leaves its high bit
                var from = 0
                while from + 4 <= input.count {
                    let (a, b) = (values[Int(input[from])], values[Int(input[from + 1])])
                    let (c, d) = (values[Int(input[from + 2])], values[Int(input[from + 3])])
                    seen |= a | b | c | d
                    output[count] = a << 2 | b >> 4
                    output[count + 1] = b << 4 | c >> 2
                    output[count + 2] = c << 6 | d
                    from += 4
                    count += 3
                }
                var unused: UInt8 = 0
                if input.count - from >= 2 {
                    let (a, b) = (values[Int(input[from])], values[Int(input[from + 1])])
                    seen |= a | b
                    output[count] = a << 2 | b >> 4
                    count += 1
                    unused = b << 4
                    if input.count - from == 3 {
                        let c = values[Int(input[from + 2])]
                        seen |= c
                        output[count] = b << 4 | c >> 2
                        count += 1
                        unused = c << 6
                    }
                }
                isValid = seen & invalid == 0 && unused == 0
            }
        }
        return isValid ? bytes : nil
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// The mark of a byte outside the alphabet; values of the alphabet are below it.
    private static let invalid: UInt8 = 0x80

    /// The value of each byte.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: invalid, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()
}
