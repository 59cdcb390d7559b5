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
                let outcome = try await attempt(order, due)
                report(.settled(order, outcome, attempts: due.attempts))
                await settle(due, outcome)
            }
        } catch {
            // Nothing has left: the lease runs out, and it is tried again.
            report(.storeFailed(error))
        }
    }

    private static let late = "nobody wants it any more"

    private func attempt(_ order: MailOrder, _ due: DueMail) async throws(OAuthError) -> MailOutcome {
        guard now < due.givesUpAt else { return .dead(reason: Self.late) }
        let mail: ComposedMail
        switch try await provider.compose(order, at: now) {
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
            case .temporary(let reason): return failure(reason, due)
            }
        }
    }

    private func failure(_ reason: String, _ due: DueMail) -> MailOutcome {
        var random = SystemRandomNumberGenerator()
        guard let pause = configuration.schedule.pause(after: due.attempts, using: &random) else {
            return .dead(reason: "\(reason); attempt \(due.attempts) was the last")
        }
        let next = Instant(milliseconds: now.milliseconds + Int64(pause / .milliseconds(1)))
        return next < due.givesUpAt
            ? .retry(at: next, reason: reason) : .dead(reason: "\(reason); later nobody wants it any more")
    }

    /// Insists while the lease lasts: an outcome that is not written means a mail sent twice.
    private func settle(_ due: DueMail, _ outcome: MailOutcome) async {
        let deadline = loop.now + configuration.lease
        while true {
            do throws(OAuthError) {
                return try await provider.stores.mails.settle(due, outcome, at: now)
            } catch {
                report(.storeFailed(error))
            }
            do throws(CancellationError) { try await loop.sleep(for: configuration.pollInterval) } catch { return }
            if loop.now >= deadline { return }
        }
    }
}
