/// Writes answers as HTTP/1.1 (RFC 9112 §4). The framing is the writer's own: fields that a handler set for it are left
/// away, so an answer can never say two things about its length.
public enum ResponseWriter {
    /// The interim answer `100 Continue` (RFC 9110 §15.2.1).
    public static let `continue`: [UInt8] = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// Appends `response` to `output`.
    /// - Parameters:
    ///   - method: the method it answers, nil when the request could not be read. HEAD gets the length without content.
    ///   - date: the value of `Date`.
    ///   - persists: whether the connection stays open; otherwise `Connection: close` is written.
    public static func write(
        _ response: Response, answering method: Method?, date: HTTPDate, persists: Bool, into output: inout [UInt8]
    ) {
        let hasContent = !response.status.forbidsContent
        let writesContent = hasContent && method != .head
        output.reserveCapacity(output.count + 256 + (writesContent ? response.body.count : 0))
        output.append("HTTP/1.1 ")
        output.appendDecimal(response.status.code, digits: 3)
        output.append(" ")
        output.append(response.status.reasonPhrase)
        output.append("\r\nDate: ")
        date.write(into: &output)
        output.append("\r\n")
        response.headers.write(into: &output) { !isOwn($0) }
        if hasContent {
            output.append("Content-Length: ")
            output.appendDecimal(response.body.count)
            output.append("\r\n")
        }
        if !persists { output.append("Connection: close\r\n") }
        output.append("\r\n")
        if writesContent { output.append(response.body.span) }
    }

    /// Whether only the writer may set this field.
    private static func isOwn(_ name: Span<UInt8>) -> Bool {
        switch name.count {
        case 4: Grammar.equals(name, ignoringCase: "date")
        case 10: Grammar.equals(name, ignoringCase: "connection")
        case 14: Grammar.equals(name, ignoringCase: "content-length")
        case 17: Grammar.equals(name, ignoringCase: "transfer-encoding")
        default: false
        }
    }
}
