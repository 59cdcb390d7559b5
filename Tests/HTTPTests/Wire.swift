import HTTP

/// A request reader whose actions read as a transcript, in the words of the table in `Requests/`.
final class Wire {
    private(set) var reader: RequestReader

    init(_ limits: RequestLimits = RequestLimits()) {
        reader = RequestReader(limits: limits)
    }

    var state: RequestReader.State { reader.state }

    func receive(_ text: String) -> [String] {
        receive(Array(text.utf8))
    }

    func receive(_ bytes: some Collection<UInt8>) -> [String] {
        reader.receive(bytes).map(Self.line)
    }

    func proceed() -> [String] {
        reader.proceed().map(Self.line)
    }

    private static func line(_ action: RequestReader.Action) -> String {
        switch action {
        case .expectsContinue: return "continue"
        case .refuse(let refusal): return "refuse \(refusal)"
        case .request(let request):
            var line = "request \(request.method.rawValue) \(request.path)"
            if let query = request.query { line += "?\(query)" }
            if !request.body.isEmpty { line += " body=\(TableEscapes.escape(request.body))" }
            return request.persists ? line : line + " close"
        }
    }
}
