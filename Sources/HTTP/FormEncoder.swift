/// Encodes `application/x-www-form-urlencoded`, for the query of a redirect or the body of a form.
public enum FormEncoder {
    /// `name=value` pairs joined by `&`, in their order. Unreserved characters (RFC 3986 §2.3) stay, all other bytes
    /// of the UTF-8 become `%XX`; a space is `%20`, which every decoder reads alike.
    public static func encode(_ parameters: some Sequence<FormParameter>) -> String {
        var output: [UInt8] = []
        for parameter in parameters {
            if !output.isEmpty { output.append(0x26) }
            encode(parameter.name, into: &output)
            output.append(0x3D)
            encode(parameter.value, into: &output)
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// `text` as one component of a path or query.
    public static func encode(_ text: String) -> String {
        var output: [UInt8] = []
        encode(text, into: &output)
        return String(decoding: output, as: UTF8.self)
    }

    private static func encode(_ text: String, into output: inout [UInt8]) {
        for byte in text.utf8 {
            if Grammar.isUnreserved(byte) {
                output.append(byte)
            } else {
                output.append(0x25)
                output.append(hexDigit(byte >> 4))
                output.append(hexDigit(byte & 15))
            }
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? 0x30 + value : 0x41 + value - 10
    }
}
