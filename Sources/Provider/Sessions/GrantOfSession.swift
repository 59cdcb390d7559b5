extension GrantID {
    /// The name of a new grant that is given in a session.
    ///
    /// Its row stays as long as the session can last, even where nothing of the grant works that long: by it the end of
    /// the session is told to the relying party (OpenID Connect Back-Channel Logout §2.3).
    ///
    /// - Parameter end: when the last token of the grant can be alive.
    init(until end: Instant, in session: Session, at now: Instant, random: String) {
        self.init(bucket: .day(of: max(end, session.expiresAt), from: now), random: random)
    }
}
