// libFuzzer's entry for the request reader; `script/fuzz` compiles it together with Sources/HTTP.

/// Three promises of the reader, for any bytes: it never traps, what it does depends on the bytes and not on how they
/// are split, and every request it accepts means the same when it is written again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRequestReader(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    let whole = actions(of: [input[...]], proceedsAtOnce: true)
    precondition(whole == actions(of: input.indices.map { input[$0...$0] }, proceedsAtOnce: true), "byte by byte")
    precondition(whole == actions(of: portions(of: input), proceedsAtOnce: true), "in portions")
    precondition(whole == actions(of: portions(of: input), proceedsAtOnce: false), "in portions, answered late")
    for case .request(let request) in whole { checkRoundTrip(request) }
    return 0
}

private let limits = RequestLimits(requestLineBytes: 200, headerBytes: 400, headerCount: 8) { method, _ in
    method == .put ? 1000 : 100
}

private func actions(of portions: [ArraySlice<UInt8>], proceedsAtOnce: Bool) -> [RequestReader.Action] {
    var reader = RequestReader(limits: limits)
    var actions: [RequestReader.Action] = []
    for portion in portions {
        actions += reader.receive(portion)
        while proceedsAtOnce, reader.state == .answering { actions += reader.proceed() }
    }
    while reader.state == .answering { actions += reader.proceed() }
    return actions
}

/// Portions whose lengths the input itself decides.
private func portions(of input: [UInt8]) -> [ArraySlice<UInt8>] {
    var portions: [ArraySlice<UInt8>] = []
    var rest = input[...]
    while let first = rest.first {
        let portion = rest.prefix(1 + Int(first) % 23)
        portions.append(portion)
        rest = rest.dropFirst(portion.count)
    }
    return portions
}

private func checkRoundTrip(_ request: ReceivedRequest) {
    let target = request.path + (request.query.map { "?\($0)" } ?? "")
    let written = RequestWriter.bytes(
        request.method, target: target, host: request.headers[first: "host"] ?? "a", headers: request.headers,
        body: request.body, persists: request.persists)
    guard let written else { preconditionFailure("an accepted target or host cannot be written") }
    var reader = RequestReader()
    guard case .request(var read)? = reader.receive(written).last else {
        preconditionFailure("a written request is not accepted")
    }
    precondition(read.persists == request.persists)
    var original = request
    for name in ["Host", "Content-Length", "Transfer-Encoding", "Connection"] {
        original.headers.remove(name)
        read.headers.remove(name)
    }
    precondition(read == original, "a request means something else when it is written again")
}
