// libFuzzer's entry for the smaller readers of text; `script/fuzz` compiles it together with Sources/HTTP.

/// The first byte chooses the reader, the others are its input. No bytes make one trap, and what one accepts it
/// accepts again, with the same meaning, as it writes it itself.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzValues(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    guard let choice = input.first else { return 0 }
    let bytes = Array(input.dropFirst())
    let text = String(decoding: bytes, as: UTF8.self)
    switch choice % 6 {
    case 0: fuzzResponse(bytes)
    case 1: fuzzForm(bytes)
    case 2: fuzzAddress(text)
    case 3: fuzzForwarded(text)
    case 4: fuzzFields(text)
    default: fuzzResponseWriter(text, bytes)
    }
    return 0
}

private func response(_ portions: [ArraySlice<UInt8>]) -> Response? {
    var reader = ResponseReader(answering: .get, limits: ResponseLimits(headerBytes: 400, contentBytes: 100))
    do throws(ResponseError) {
        var response: Response?
        for portion in portions {
            let complete = try reader.receive(portion)
            response = response ?? complete
        }
        let complete = try reader.end()
        return response ?? complete
    } catch {
        return nil
    }
}

private func fuzzResponse(_ bytes: [UInt8]) {
    let whole = response([bytes[...]])
    precondition(whole == response(bytes.indices.map { bytes[$0...$0] }), "byte by byte")
}

private func fuzzForm(_ bytes: [UInt8]) {
    do throws(FormError) {
        let parameters = try FormDecoder.decode(bytes)
        let again = try FormDecoder.decode(query: FormEncoder.encode(parameters))
        precondition(again == parameters, "a form means something else when it is written again")
    } catch {
        precondition(error.reason != .tooManyParameters || bytes.count > FormDecoder.defaultParameterLimit)
    }
}

private func fuzzAddress(_ text: String) {
    if let address = IPAddress(text) {
        precondition(IPAddress(address.description) == address && IPAddress(bytes: address.bytes) == address)
        precondition(!(address.isPublic && address.isLoopback))
    }
    if let range = AddressRange(text) {
        precondition(AddressRange(range.description) == range && range.contains(range.base))
    }
}

private func fuzzForwarded(_ text: String) {
    let values = text.split(separator: "\n").map(String.init)
    let trusted = ["10.0.0.0/8", "::/0"].compactMap { AddressRange($0) }
    let client = ForwardedClient(
        peer: IPAddress(v4: 0x0A00_0001), peerIsSecure: false, forwardedFor: values, forwardedProto: values,
        trusted: trusted)
    let ignored = ForwardedClient(
        peer: .loopback, peerIsSecure: false, forwardedFor: values, forwardedProto: values, trusted: trusted)
    precondition(ignored.address == .loopback && !ignored.isSecure)
    precondition(client.address.bytes.count == 4 || client.address.bytes.count == 16)
}

private func fuzzFields(_ text: String) {
    for cookie in Cookie.all(in: ["Cookie": text]) {
        precondition(SetCookie(name: cookie.name, value: cookie.value, isSecure: true) != nil)
    }
    if let type = MediaType(text) { precondition(MediaType(type.essence)?.essence == type.essence) }
    let tags = EntityTag.list(text) ?? []
    for tag in tags { precondition(tag.isNamed(byIfNoneMatch: [text])) }
}

/// Whatever text goes into a field, the answer has one line for it at most (GHSA-7fj7-39wj-c64f).
private func fuzzResponseWriter(_ text: String, _ bytes: [UInt8]) {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    var headers: Headers = ["A": text]
    if parts.count == 2 { headers.add(parts[0], parts[1]) }
    var output: [UInt8] = []
    ResponseWriter.write(
        Response(status: .ok, headers: headers, body: bytes), answering: .get, date: HTTPDate(secondsSince1970: 0),
        persists: true, into: &output)
    var reader = ResponseReader(answering: .get, limits: ResponseLimits(contentBytes: .max))
    guard let read = try? reader.receive(output), reader.persists else {
        // Only a head over the limits may be refused by our own reader.
        precondition(output.count > 32_000, "a written answer is not accepted")
        return
    }
    precondition(read.body == bytes && read.headers.count <= headers.count + 2)
}
