internal import Crypto
internal import JOSE

/// Telling administrators that applications wait: by mail, with nothing in it that a stranger wrote.
extension OpenIDProvider {
    /// Mail to each administrator of the server who has an address. The name of an order says to whom and in which hour,
    /// and a name is good once: however many ask, and on however many servers, it is one mail an hour.
    func mailsToAdministrators(at now: Instant) async throws(OAuthError) -> [MailOrder] {
        let hour = now.seconds / 3600
        return try await stores.users.administrators(limit: settings.applications.toldAdministrators)
            .flatMap { administrator in
                mails(.applicationsWait, to: administrator, at: now).map { order in
                    var order = order
                    let name = "applications \(hour) \(administrator.id)"
                    order.id = Base64URL.encode(Array(SHA256.hash(Array(name.utf8)).prefix(16)))
                    return order
                }
            }
    }

    /// Why mail that applications wait is not for this user, or not any more.
    func reasonNotToTell(_ user: User, at now: Instant) async throws(OAuthError) -> String? {
        guard user.roles.contains("admin"), user.tenantID == nil else { return "the user is no administrator any more" }
        let waiting = try await stores.applications.applications(
            ApplicationFilter(status: .pending), PageRequest(limit: 1), at: now)
        return waiting.items.isEmpty ? "no application waits any more" : nil
    }
}
