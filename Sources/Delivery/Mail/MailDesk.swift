internal import EventLoop
internal import Provider

/// What becomes of one mail that is due.
struct MailDesk: Sendable {
    let loop: Loop
    let provider: OpenIDProvider
    let transport: any MailTransport
    let templates: MailTemplates
    let sender: MailSender
    let configuration: MailDispatcher.Configuration
    let report: @Sendable (MailDispatcher.Report) -> Void

    var now: Instant { provider.surroundings.now() }

    func handle(_ due: DueMail) async {
        do throws(OAuthError) {
            switch due.matter {
            case .inquiry(let inquiry):
                guard now < due.givesUpAt else { return await settle(due, .dead(reason: Self.late)) }
                try await provider.answer(inquiry, due, at: now)
            case .order(let order):
                let outcome = try await attempt(due.attempts, until: due.givesUpAt) { () throws(OAuthError) in
                    try await provider.compose(order, at: now)
                }
                report(.settled(order, outcome, attempts: due.attempts))
                await settle(due, outcome)
            }
        } catch {
            // Nothing has left: the lease runs out, and it is tried again.
            report(.storeFailed(error))
        }
    }

    func handle(_ due: DueApplicationNotice) async {
        do throws(OAuthError) {
            let outcome = try await attempt(due.attempts, until: due.givesUpAt) { () throws(OAuthError) in
                try await provider.compose(due, at: now)
            }
            report(.noticed(due, outcome))
            await insist { () throws(OAuthError) in
                try await provider.stores.applications.settle(due, outcome, at: now)
            }
        } catch {
            report(.storeFailed(error))
        }
    }

    private static let late = "nobody wants it any more"

    private func attempt(
        _ attempts: Int, until givesUpAt: Instant, _ compose: () async throws(OAuthError) -> MailDecision
    ) async throws(OAuthError) -> MailOutcome {
        guard now < givesUpAt else { return .dead(reason: Self.late) }
        let mail: ComposedMail
        switch try await compose() {
        case .drop(let reason): return .dropped(reason: reason)
        case .send(let composed): mail = composed
        }
        guard let words = templates.words(of: mail) else { return .dead(reason: "there is no template for it") }
        do throws(MailTransportError) {
            try await transport.send(MailMessage(mail, words, from: sender, at: now))
            return .sent(mailbox: mail.mailbox)
        } catch {
            switch error {
            case .permanent(let reason): return .dead(reason: reason)
            case .temporary(let reason): return failure(reason, attempts, givesUpAt)
            }
        }
    }

    private func failure(_ reason: String, _ attempts: Int, _ givesUpAt: Instant) -> MailOutcome {
        var random = SystemRandomNumberGenerator()
        guard let pause = configuration.schedule.pause(after: attempts, using: &random) else {
            return .dead(reason: "\(reason); attempt \(attempts) was the last")
        }
        let next = Instant(milliseconds: now.milliseconds + Int64(pause / .milliseconds(1)))
        return next < givesUpAt
            ? .retry(at: next, reason: reason) : .dead(reason: "\(reason); later nobody wants it any more")
    }

    private func settle(_ due: DueMail, _ outcome: MailOutcome) async {
        await insist { () throws(OAuthError) in
            try await provider.stores.mails.settle(due, outcome, at: now)
        }
    }

    /// Insists while the lease lasts: an outcome that is not written means a mail sent twice.
    private func insist(_ settle: () async throws(OAuthError) -> Void) async {
        let deadline = loop.now + configuration.lease
        while true {
            do throws(OAuthError) {
                return try await settle()
            } catch {
                report(.storeFailed(error))
            }
            do throws(CancellationError) { try await loop.sleep(for: configuration.pollInterval) } catch { return }
            if loop.now >= deadline { return }
        }
    }
}
