public import JOSE

/// What somebody says of themselves who wants an account.
private struct SignUpApplication {
    var user: User
    var password: String

    /// Whether the name is an e-mail address: then the account is for whoever reads mail there.
    var isNamedByAddress: Bool { EmailAddress(user.username) != nil }
}

/// Why there is no new account.
public enum SignUpRefusal: Error, Sendable, Equatable {
    /// The operator does not let people sign up.
    case closed
    /// A member is missing or malformed.
    case malformed(OAuthError)
    /// The password is not good enough.
    case password(PasswordProblem)
    /// The name is taken, or looks like one that is.
    case nameTaken
    /// Too many attempts from this address: seconds to wait.
    case throttled(retryAfter: Int)
    /// The store or the password lane could not serve.
    case failed(OAuthError)

    /// The refusal as the API says it.
    public var error: OAuthError {
        switch self {
        case .closed: OAuthError(.notFound, "There is nothing at this address.")
        case .malformed(let error), .failed(let error): error
        case .password(let problem): problem.error("password")
        case .nameTaken:
            .member("username", "is taken, or looks like one that is", code: .conflict)
        case .throttled(let seconds):
            OAuthError(.tooManyRequests, "There were too many attempts. Try again later.", retryAfter: seconds)
        }
    }
}

/// Accounts that people make for themselves.
///
/// Nobody learns by it who has an account by an e-mail address: a name that is an address and taken is answered like one
/// that is free, and the owner of the account gets mail. For other names the refusal cannot be hidden from somebody who
/// has to choose another one; but it takes the same time.
extension OpenIDProvider {
    /// Makes an account. The mail that confirms its address leaves afterwards.
    ///
    /// - Parameter language: of the person's mail.
    /// - Returns: the user, as management answers show one.
    public func signUp(_ body: JSON, language: String, trail: Trail) async throws(SignUpRefusal) -> JSON {
        guard settings.isSignUpOpen else { throw .closed }
        let application: SignUpApplication
        do { application = try self.application(body, trail) } catch { throw .malformed(error) }
        if let problem = settings.passwords.problem(application.password, of: application.user, names) {
            throw .password(problem)
        }
        // So many at once from one network, and no more: hashing is dear. None of it counts as wrong. (No name has a space.)
        let subject = " sign-up"
        try await throttle.admit(
            account: subject, address: trail.network, at: surroundings.now, or: SignUpRefusal.self)
        defer { throttle.withdraw(account: subject, address: trail.network) }
        return try await create(application, language, trail)
    }

    private func application(_ body: JSON, _ trail: Trail) throws(OAuthError) -> SignUpApplication {
        var profile = try UserProfile(body)
        guard let name = try profile.username() else { throw .member("username", "is missing") }
        guard let password = try profile.password() else { throw .member("password", "is missing") }
        let (display, keys) = try names.keys(of: name)
        var user = User(id: newUserID(), username: display, nameKeys: keys, createdAt: trail.now)
        let ownAddress = EmailAddress(display)?.text
        user.email = ownAddress
        try profile.applyOwn(to: &user, keepsReadOnly: false)
        // Mail to another address would tell its reader whether the account was made.
        if let ownAddress, user.email?.lowercased() != ownAddress.lowercased() {
            throw .member("email", "must be the user name when that is an e-mail address")
        }
        return SignUpApplication(user: user, password: password)
    }

    private func create(
        _ application: SignUpApplication, _ language: String, _ trail: Trail
    ) async throws(SignUpRefusal) -> JSON {
        var user = application.user
        let isNew: Bool
        do {
            user.passwordHash = try await passwords.hash(names.normalized(password: application.password))
            let mayMail = user.email != nil && mailAllowance.take(from: trail.network, at: trail.now)
            let record = Record(
                trail.acting(as: user.id), events: [.userCreated(user.id)],
                audit: AuditEntry(action: "user.sign_up", subject: "user:\(user.id)"),
                mails: mayMail
                    ? mails(.verifyEmail, to: user, address: user.email, language: language, at: trail.now) : [])
            let notice = mayMail && application.isNamedByAddress ? notice(to: user, language, trail) : nil
            isNew = try await stores.users.signUp(user, record, ifTaken: notice)
        } catch {
            throw .failed(error)
        }
        guard isNew || application.isNamedByAddress else { throw .nameTaken }
        return user.json
    }

    /// For the owner of the name. One who merely looks like its owner gets none: the name is asked about, not its shape.
    private func notice(to user: User, _ language: String, _ trail: Trail) -> MailInquiry {
        MailInquiry(
            id: Base64URL.encode(surroundings.random(16)), kind: .accountExists,
            subject: .init(name: user.nameKeys.folded), language: language, createdAt: trail.now,
            givesUpAt: trail.now + MailOrder.Kind.accountExists.patience)
    }
}
