import JOSE

/// Mail as acts and strangers order it.
extension OpenIDProvider {
    /// The order of a mail to a user; none when there is no address.
    ///
    /// - Parameters:
    ///   - address: another one than the user's.
    ///   - language: of the page that the person sees.
    func mails(
        _ kind: MailOrder.Kind, to user: User, address: String? = nil, language: String? = nil, at now: Instant
    ) -> [MailOrder] {
        guard (address ?? user.email ?? user.recoveryEmail) != nil else { return [] }
        return [
            MailOrder(
                id: newMailID(), kind: kind, userID: user.id, address: address,
                language: Self.language(of: user, asked: language), createdAt: now, givesUpAt: now + kind.patience)
        ]
    }

    /// A stranger's wish for mail to an account; nil when the stranger's network has had enough.
    func inquiry(
        _ kind: MailOrder.Kind, about subject: MailInquiry.Subject, language: String, _ trail: Trail
    ) -> MailInquiry? {
        guard mailAllowance.take(from: trail.network, at: trail.now) else { return nil }
        return MailInquiry(
            id: newMailID(), kind: kind, subject: subject, language: language, createdAt: trail.now,
            givesUpAt: trail.now + kind.patience)
    }

    /// The language of mail to a user: the profile's, then the page's, then English.
    static func language(of user: User, asked: String?) -> String {
        let tag = user.claims["locale"]?.string?.prefix { $0 != "-" && $0 != "_" }
        let wishes = [tag.map { $0.lowercased() }, asked].compactMap { $0 }
        return wishes.first(where: uiLocales.contains) ?? uiLocales[0]
    }

    private func newMailID() -> String { Base64URL.encode(surroundings.random(16)) }
}
