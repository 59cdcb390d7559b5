/// A mail that is to leave now, as far as the provider decides it; words and form are the delivery's.
public struct ComposedMail: Sendable, Equatable {
    /// The order's id, the same in every attempt.
    public var id: String
    /// What it is about.
    public var kind: MailOrder.Kind
    /// Where it goes.
    public var recipient: EmailAddress
    /// The keyed hash of that mailbox.
    public var mailbox: [UInt8]
    /// The language of its words.
    public var language: String
    /// What the person is called here, where it may be told: nothing that a stranger wrote goes to an address that nobody
    /// has confirmed, or sign-up would send other people's words.
    public var username: String?
    /// The one address it leads to.
    public var link: String
    /// Seconds for which a secret in the link works; nil for a link without one.
    public var linkLifetime: Int?
    /// An administrator's words about a decision.
    public var reason: String?
    /// When the requester asked for what was decided.
    public var askedAt: Instant?

    /// A mail that leaves.
    public init(
        id: String, kind: MailOrder.Kind, recipient: EmailAddress, mailbox: [UInt8], language: String,
        username: String?, link: String, linkLifetime: Int?
    ) {
        self.id = id
        self.kind = kind
        self.recipient = recipient
        self.mailbox = mailbox
        self.language = language
        self.username = username
        self.link = link
        self.linkLifetime = linkLifetime
    }
}

/// What a due order comes to.
public enum MailDecision: Sendable, Equatable {
    /// It leaves.
    case send(ComposedMail)
    /// It does not, for a reason fit for the log.
    case drop(String)
}

/// From what was ordered to what leaves.
extension OpenIDProvider {
    /// Looks up who an inquiry is about and orders the mail.
    public func answer(
        _ inquiry: MailInquiry, _ due: DueMail, at now: Instant
    ) async throws(OAuthError) {
        var found: [User] = []
        if let name = inquiry.subject.name, let user = try await stores.users.user(named: name) { found.append(user) }
        if let email = inquiry.subject.email {
            let more = try await stores.users.users(withEmail: email, limit: settings.mail.ofKindPerUser)
            found += more.filter { user in !found.contains { $0.id == user.id } }
        }
        let meant = found.filter { user in
            switch inquiry.kind {
            case .verifyEmail:
                !user.emailVerified
                    && user.email.map { names.folded($0) } == inquiry.subject.email.map { names.folded($0) }
            // Who was called by that address once and reads mail elsewhere by now is not told who wants to sign up.
            case .accountExists: user.email.map { names.folded($0) } == inquiry.subject.name
            case .resetPassword, .passwordChanged, .emailChanged: true
            case .factorsReset, .applicationsWait, .applicationApproved, .applicationRefused: false
            }
        }
        let orders = meant.flatMap { mails(inquiry.kind, to: $0, language: inquiry.language, at: now) }
        try await stores.mails.answer(due, by: orders, at: now)
    }

    /// Decides about an order that is due, and makes its link: the hash is stored before anybody can have the secret.
    public func compose(_ order: MailOrder, at now: Instant) async throws(OAuthError) -> MailDecision {
        guard order.kind.isForUser else { return .drop("it is about no account") }
        guard let user = try await stores.users.user(order.userID) else { return .drop("the account is gone") }
        let address = order.kind.followsOwner ? user.recoveryEmail : order.address ?? user.email
        guard let text = address else { return .drop("the account has no address") }
        guard order.kind != .verifyEmail || text == user.email && !user.emailVerified else {
            return .drop("the address is confirmed, or is another one by now")
        }
        if order.kind == .applicationsWait, let reason = try await reasonNotToTell(user, at: now) {
            return .drop(reason)
        }
        guard let recipient = EmailAddress(text) else { return .drop("the address is none that mail can be sent to") }
        let mailbox = master.hash(ofMailbox: recipient)
        let sent = try await stores.mails.sent(
            order.kind, to: user.id, mailbox: mailbox, since: now - settings.mail.window)
        // Strangers can have mail sent to an address that nobody confirmed, until it is enough. It does not keep away what
        // concerns the account of somebody who did.
        let isConfirmed = text == user.ownerEmail || user.emailVerified && text == user.email
        guard sent.ofKind < settings.mail.ofKindPerUser, isConfirmed || sent.toMailbox < settings.mail.perMailbox
        else {
            return .drop("there was enough mail lately")
        }
        let (link, lifetime) = try await link(of: order.kind, for: user, recipient, at: now)
        return .send(
            ComposedMail(
                id: order.id, kind: order.kind, recipient: recipient, mailbox: mailbox,
                language: Self.language(of: user, asked: order.language),
                username: isConfirmed || order.kind == .emailChanged ? user.username : nil, link: link,
                linkLifetime: lifetime))
    }

    /// Links begin with the issuer, never with what a request called this server (GHSA-2wmj-46rj-qm2w).
    private func link(
        of kind: MailOrder.Kind, for user: User, _ recipient: EmailAddress, at now: Instant
    ) async throws(OAuthError) -> (link: String, lifetime: Int?) {
        let lifetimes = settings.lifetimes
        switch kind {
        case .verifyEmail:
            let end = now + lifetimes.emailVerification
            let token = OpaqueToken(.emailVerification, bucket: .day(of: end), secret: surroundings.random(32))
            try await add(token, user, recipient, until: end, at: now)
            return ("\(settings.issuer)/verify-email?token=\(token.text)", lifetimes.emailVerification)
        case .resetPassword:
            let end = now + lifetimes.passwordReset
            let token = OpaqueToken(.passwordReset, bucket: .hour(of: end), secret: surroundings.random(32))
            try await add(token, user, recipient, until: end, at: now)
            return ("\(settings.issuer)/reset-password?token=\(token.text)", lifetimes.passwordReset)
        case .accountExists: return ("\(settings.issuer)/login", nil)
        case .passwordChanged: return ("\(settings.issuer)/reset-password", nil)
        case .applicationsWait: return ("\(settings.issuer)/applications", nil)
        case .emailChanged, .factorsReset, .applicationApproved, .applicationRefused:
            return ("\(settings.issuer)/account", nil)
        }
    }

    private func add(
        _ token: OpaqueToken, _ user: User, _ recipient: EmailAddress, until end: Instant, at now: Instant
    ) async throws(OAuthError) {
        try await stores.links.add(
            AccountLink(userID: user.id, email: recipient.text, createdAt: now, expiresAt: end), as: token)
    }
}
