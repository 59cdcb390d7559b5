internal import HTTP
internal import HTTPClient
internal import Provider

/// Makes one attempt at telling one client of one session's end (OpenID Connect Back-Channel Logout §2.5): a token that is
/// made for this attempt, through the guarded fetcher.
struct LogoutSender: Sendable {
    let courier: Courier
    let provider: OpenIDProvider
    /// How old a session's end may be that somebody is still told of.
    let patience: Duration

    /// §2.8: 400 says that the receiver understood and refused, and would again.
    static let final = [Status.badRequest.code: "the client refused the token"]

    func attempt(_ due: DueLogoutNotice) async -> DeliveryOutcome? {
        let (notice, attempts) = (due.notice, due.attempts)
        guard let client = due.client, let address = client.logout.backChannelURI else {
            return .dead(status: nil, reason: "the client is gone, or is not to be told any more")
        }
        let age = Duration.milliseconds(courier.now().milliseconds - notice.endedAt.milliseconds)
        guard age <= patience else { return .dead(status: nil, reason: "it is too long ago") }
        guard let url = try? OutboundURL(address) else {
            return courier.failure("its address cannot be read", attempts: attempts)
        }
        let token: String
        do {
            token = try provider.logoutToken(notice, for: client)
        } catch {
            return courier.failure("the token cannot be signed", attempts: attempts)
        }
        let body = FormEncoder.encode([FormParameter(name: "logout_token", value: token)])
        let headers: Headers = [
            "content-type": "application/x-www-form-urlencoded", "accept": "*/*", "user-agent": "Martlet",
        ]
        return await courier.send(
            OutboundRequest(.post, url, headers: headers, body: Array(body.utf8)), attempts: attempts)
    }
}
