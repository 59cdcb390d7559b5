internal import EventLoop
internal import HTTP

/// A request between its last byte and the last byte of its answer.
struct RequestInFlight {
    let id: String
    /// Tells an answer that comes too late from that of the next request.
    let number: UInt64
    let target: FinishedRequest.Target?
    let persists: Bool
    let peer: IPAddress
    let begun: ContinuousClock.Instant
    var task: Task<Void, Never>?
}

/// From the reader's actions to answers.
extension Connection {
    /// Does what the reader asks for. After a request or a refusal it asks for nothing more.
    func take(_ actions: [RequestReader.Action]) {
        for (index, action) in actions.enumerated() {
            switch action {
            case .expectsContinue:
                // Not needed once the content is here (RFC 9110 §10.1.1).
                if index == actions.count - 1 { send(ResponseWriter.continue) }
            case .request(let received): answer(received)
            case .refuse(let refusal): refuse(refusal.status, refusal.reason)
            }
        }
    }

    private func answer(_ received: ReceivedRequest) {
        guard case .reading = phase else { return }
        let id = home.nextRequestID()
        let client = client(of: received)
        let request = Request(received, peer: client.address, isSecure: client.isSecure, id: id)
        requestCount += 1
        let number = requestCount
        phase = .answering(
            RequestInFlight(
                id: id, number: number, target: .init(method: received.method, path: received.path),
                persists: received.persists, peer: client.address, begun: .now))
        setDeadline(home.shared.configuration.deadlines.answer)
        let connection = LoopBound(self, on: home.loop)
        let handler = home.handler
        let task = home.loop.start {
            let response = await handler(request)
            connection.value.answer(response, to: number)
        }
        if case .answering(var inFlight) = phase, inFlight.number == number {
            inFlight.task = task
            phase = .answering(inFlight)
        }
    }

    private func client(of request: ReceivedRequest) -> (address: IPAddress, isSecure: Bool) {
        guard isTrustedProxy else { return (peer, transport.isSecure) }
        let client = ForwardedClient(
            peer: peer, peerIsSecure: transport.isSecure, forwardedFor: request.headers.all("X-Forwarded-For"),
            forwardedProto: request.headers.all("X-Forwarded-Proto"),
            trusted: home.shared.configuration.trustedProxies)
        return (client.address, client.isSecure)
    }

    /// The handler's answer; too late when the deadline has spoken or the client has left.
    private func answer(_ response: Response, to number: UInt64) {
        guard case .answering(let request) = phase, request.number == number else { return }
        write(response, to: request, isLast: !request.persists || home.isDraining)
    }

    /// Answers in the name of a handler that took too long.
    func overrun(_ request: RequestInFlight) {
        request.task?.cancel()
        let response = home.shared.renderRefusal(.serviceUnavailable, "the answer took too long", request.id)
        write(response, to: request, isLast: true)
        setDeadline(home.shared.configuration.deadlines.linger)
    }

    /// Answers a request that was not accepted; nothing is read after it.
    func refuse(_ status: Status, _ reason: String) {
        let request = RequestInFlight(
            id: home.nextRequestID(), number: 0, target: nil, persists: false, peer: peer, begun: .now)
        setDeadline(home.shared.configuration.deadlines.linger)
        write(home.shared.renderRefusal(status, reason, request.id), to: request, isLast: true)
    }

    private func write(_ response: Response, to request: RequestInFlight, isLast: Bool) {
        var response = response
        if !response.headers.contains("X-Request-Id") { response.headers.add("X-Request-Id", request.id) }
        if response.status == .serviceUnavailable, !response.headers.contains("Retry-After") {
            response.headers.add("Retry-After", "1")
        }
        let buffers = home.buffers
        buffers.outgoing.removeAll(keepingCapacity: true)
        ResponseWriter.write(
            response, answering: request.target?.method, date: home.date, persists: !isLast, into: &buffers.outgoing)
        sendAnswer(to: request, response.status, isLast: isLast)
    }

    func report(_ request: RequestInFlight, _ status: Status?) {
        home.shared.observer.requestFinished(
            FinishedRequest(
                id: request.id, target: request.target, status: status, duration: request.begun.duration(to: .now),
                peer: request.peer))
    }
}
