/// The way out of a mail.
public protocol MailTransport: Sendable {
    /// Hands a message over to whoever brings it there, or lays it down where it will be read. Once this returns the
    /// message is not this server's any more.
    func send(_ message: MailMessage) async throws(MailTransportError)
}

/// Why a message could not be handed over; the reasons are for the operator.
public enum MailTransportError: Error, Sendable, Equatable {
    /// Another try makes sense.
    case temporary(String)
    /// It does not.
    case permanent(String)
}
