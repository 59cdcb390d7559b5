/// How large a request may be. What is larger is refused while it arrives, so a connection never holds more than these
/// limits allow.
public struct RequestLimits: Sendable {
    /// Bytes of the request line, CRLF included; longer is 414.
    public var requestLineBytes: Int
    /// Bytes of all header fields together, line ends included; more is 431. The same for a trailer section.
    public var headerBytes: Int
    /// Number of header fields; more is 431. The same for a trailer section.
    public var headerCount: Int
    /// Bytes that may wait behind a request that is being answered.
    public var heldBytes: Int
    /// Bytes of content, asked once per head with method and path; more is 413.
    public var contentBytes: @Sendable (Method, String) -> Int

    /// Limits for a server of forms and small documents: 16 KiB, 32 KiB in 100 fields, 64 KiB ahead, 64 KiB of content.
    public init(
        requestLineBytes: Int = 16_384, headerBytes: Int = 32_768, headerCount: Int = 100, heldBytes: Int = 65_536,
        contentBytes: @escaping @Sendable (Method, String) -> Int = { _, _ in 65_536 }
    ) {
        self.requestLineBytes = requestLineBytes
        self.headerBytes = headerBytes
        self.headerCount = headerCount
        self.heldBytes = heldBytes
        self.contentBytes = contentBytes
    }
}
