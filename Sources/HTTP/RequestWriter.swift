/// Writes requests as HTTP/1.1, for the client (RFC 9112 §3).
public enum RequestWriter {
    /// The bytes of a request. `Host`, `Content-Length`, `Transfer-Encoding` and `Connection` are the writer's own: in
    /// `headers` they are left away.
    /// - Parameters:
    ///   - target: origin-form, path with or without query, or `*` with OPTIONS.
    ///   - host: the host with the port where it is not the scheme's own; an IPv6 address in brackets.
    ///   - persists: whether the connection shall stay open; otherwise `Connection: close` is written.
    /// - Returns: nil when `target` or `host` is not by the grammar, so that neither can bring in a line of its own.
    public static func bytes(
        _ method: Method, target: String, host: String, headers: Headers = Headers(), body: [UInt8] = [],
        persists: Bool = false
    ) -> [UInt8]? {
        guard RequestLine.originFormPathEnd(target.utf8Span.span) != nil || target == "*" && method == .options,
            HostField.isValid(host.utf8Span.span)
        else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(256 + target.utf8.count + body.count)
        output.append(method.rawValue.utf8Span.span)
        output.append(" ")
        output.append(target.utf8Span.span)
        output.append(" HTTP/1.1\r\nHost: ")
        output.append(host.utf8Span.span)
        output.append("\r\n")
        headers.write(into: &output) { !isOwn($0) }
        if !body.isEmpty || method == .post || method == .put || method == .patch {
            output.append("Content-Length: ")
            output.appendDecimal(body.count)
            output.append("\r\n")
        }
        if !persists { output.append("Connection: close\r\n") }
        output.append("\r\n")
        output.append(body.span)
        return output
    }

    /// Whether only the writer may set this field.
    private static func isOwn(_ name: Span<UInt8>) -> Bool {
        switch name.count {
        case 4: Grammar.equals(name, ignoringCase: "host")
        case 10: Grammar.equals(name, ignoringCase: "connection")
        case 14: Grammar.equals(name, ignoringCase: "content-length")
        case 17: Grammar.equals(name, ignoringCase: "transfer-encoding")
        default: false
        }
    }
}
