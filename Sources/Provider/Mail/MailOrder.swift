/// One mail to one user that is to leave: what it is about, never what it says. Acts write it beside their change, and
/// the link that it carries is made when it leaves (``OpenIDProvider/compose(_:at:)``), so no row has the secret.
public struct MailOrder: Sendable, Equatable {
    /// What it is about.
    public enum Kind: String, Sendable, CaseIterable {
        /// A link that confirms the address.
        case verifyEmail = "verify_email"
        /// A link that sets a new password.
        case resetPassword = "reset_password"
        /// Somebody tried to sign up with the address of this account.
        case accountExists = "account_exists"
        /// There is a new password.
        case passwordChanged = "password_changed"
        /// Mail goes elsewhere from now on; goes to the former address.
        case emailChanged = "email_changed"
        /// An administrator has taken away authenticator, recovery codes and passkeys.
        case factorsReset = "factors_reset"
        /// Applications for clients wait for a decision; to an administrator.
        case applicationsWait = "applications_wait"
        /// A client that was asked for is there; not to a user but to the requester (``DueApplicationNotice``).
        case applicationApproved = "application_approved"
        /// A client that was asked for was refused; likewise.
        case applicationRefused = "application_refused"

        /// Whether it goes to a user about the account.
        var isForUser: Bool { self != .applicationApproved && self != .applicationRefused }

        /// Whether it goes to ``User/recoveryEmail``, and not to an address that nobody has confirmed yet.
        var followsOwner: Bool {
            [.resetPassword, .passwordChanged, .factorsReset, .applicationsWait].contains(self)
        }
    }

    /// Random, the same in every attempt.
    public var id: String
    /// What it is about.
    public var kind: Kind
    /// Whose account.
    public var userID: UserID
    /// Where it goes; nil for whatever address the user has when it leaves.
    public var address: String?
    /// The language of the person, as the pages have it.
    public var language: String
    /// When it was ordered.
    public var createdAt: Instant
    /// From here on nobody wants it any more.
    public var givesUpAt: Instant

    /// An order as it is stored.
    public init(
        id: String, kind: Kind, userID: UserID, address: String?, language: String, createdAt: Instant,
        givesUpAt: Instant
    ) {
        self.id = id
        self.kind = kind
        self.userID = userID
        self.address = address
        self.language = language
        self.createdAt = createdAt
        self.givesUpAt = givesUpAt
    }
}

/// What a stranger asked for: mail to whoever has an account of this name or address. It is kept as it came, and who that
/// is is looked up later: asking about nobody takes the same time and gives the same answer (CVE-2026-4633).
public struct MailInquiry: Sendable, Equatable {
    /// Which accounts are meant: those that either fits.
    public struct Subject: Sendable, Equatable {
        /// The one whose folded name this is.
        public var name: String?
        /// All with this address, in whatever letter case.
        public var email: String?
        /// Accounts of a name, of an address, or of both.
        public init(name: String? = nil, email: String? = nil) {
            self.name = name
            self.email = email
        }
    }

    /// Random.
    public var id: String
    /// What the mail would be about.
    public var kind: MailOrder.Kind
    /// Which accounts are meant.
    public var subject: Subject
    /// The language of the person who asked.
    public var language: String
    /// When it was asked.
    public var createdAt: Instant
    /// From here on nobody wants the mail any more.
    public var givesUpAt: Instant

    /// An inquiry as it is stored.
    public init(
        id: String, kind: MailOrder.Kind, subject: Subject, language: String, createdAt: Instant, givesUpAt: Instant
    ) {
        self.id = id
        self.kind = kind
        self.subject = subject
        self.language = language
        self.createdAt = createdAt
        self.givesUpAt = givesUpAt
    }
}

extension MailOrder.Kind {
    /// Seconds after which a mail of this kind that could not leave is given up: as long as its link would have lived,
    /// and a little longer for one that somebody is waiting for.
    var patience: Int { self == .resetPassword ? 3600 : 86_400 }
}
