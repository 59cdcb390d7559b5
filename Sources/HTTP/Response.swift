/// One whole answer. `Content-Length`, `Date`, `Connection` and `Transfer-Encoding` belong to the connection and are
/// written by ``ResponseWriter`` alone; set here they are left away.
public struct Response: Sendable, Equatable {
    /// The status of the answer.
    public var status: Status
    /// The fields of the answer.
    public var headers: Headers
    /// The content; for HEAD the content a GET would have had.
    public var body: [UInt8]

    /// An answer, empty unless said otherwise.
    public init(status: Status, headers: Headers = Headers(), body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
