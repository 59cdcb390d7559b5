public import JOSE

/// Login sessions as operators, and users by their own tokens and on their own page, manage them.
extension OpenIDProvider {
    /// Live sessions: of one user, or of everybody.
    public func sessions(
        userID: String?, _ page: PageRequest, for caller: Caller
    ) async throws(OAuthError) -> JSON {
        let user = try caller.reach(userID.map { UserID($0) })
        return try await stores.sessions.sessions(of: user, page, at: caller.trail.now).json(\.json)
    }

    /// One live session.
    public func session(_ id: String, for caller: Caller) async throws(OAuthError) -> JSON {
        try await found(id, for: caller).json
    }

    /// Ends a session, and what was granted in it without `offline_access`.
    public func endSession(_ id: String, by caller: Caller) async throws(OAuthError) {
        let session = try await found(id, for: caller)
        // Over in the meantime is as good.
        _ = try await end(session, caller.trail)
    }

    /// Ends every session of a user, but perhaps one.
    ///
    /// - Returns: `{"ended": …}`, how many.
    public func endSessions(
        userID: String?, except kept: String?, by caller: Caller
    ) async throws(OAuthError) -> JSON {
        guard let user = try caller.reach(userID.map { UserID($0) }) else { throw .missing("userId") }
        var keptID: SessionID?
        if let kept {
            guard let id = SessionID(parsing: kept) else { throw .malformed("except", "is no id of a session") }
            keptID = id
        }
        return ["ended": .integer(Int64(try await endSessions(of: user, except: keptID, caller.trail)))]
    }

    /// The user's own live sessions, youngest login first.
    public func ownSessions(of user: User, at now: Instant) async throws(OAuthError) -> [Session] {
        try await all(of: user.id, at: now).sorted { ($0.authTime, $0.id.text) > ($1.authTime, $1.id.text) }
    }

    /// Ends one of the user's own sessions by their own page; one of somebody else is left alone.
    public func endSession(_ id: String, of user: User, trail: Trail) async throws(OAuthError) -> Bool {
        guard let id = SessionID(parsing: id), let session = try await stores.sessions.session(id, at: trail.now),
            session.userID == user.id
        else { return false }
        return try await end(session, trail.acting(as: user.id))
    }

    /// Ends all of the user's own sessions but the one that asks.
    public func endOtherSessions(
        of login: (session: Session, user: User), trail: Trail
    ) async throws(OAuthError) -> Int {
        try await endSessions(of: login.user.id, except: login.session.id, trail.acting(as: login.user.id))
    }

    private func endSessions(of user: UserID, except kept: SessionID?, _ trail: Trail) async throws(OAuthError) -> Int {
        var ended = 0
        // Each by itself: each tells its clients that it is over.
        for session in try await all(of: user, at: trail.now) where session.id != kept {
            if try await end(session, trail) { ended += 1 }
        }
        return ended
    }

    private func all(of user: UserID, at now: Instant) async throws(OAuthError) -> [Session] {
        var sessions: [Session] = []
        var page = PageRequest(limit: 200)
        repeat {
            let next = try await stores.sessions.sessions(of: user, page, at: now)
            sessions += next.items
            page.cursor = next.nextCursor
        } while page.cursor != nil
        return sessions
    }

    private func end(_ session: Session, _ trail: Trail) async throws(OAuthError) -> Bool {
        let record = Record(
            trail, events: [.sessionEnded(session.id, session.userID)],
            audit: AuditEntry(action: "session.end", subject: "session:\(session.id)"))
        return try await stores.sessions.end(session.id, record)
    }

    private func found(_ id: String, for caller: Caller) async throws(OAuthError) -> Session {
        guard let id = SessionID(parsing: id),
            let session = try await stores.sessions.session(id, at: caller.trail.now), caller.reaches(session.userID)
        else { throw OAuthError(.notFound, "There is no live session of this id.") }
        return session
    }
}

extension Session {
    /// A session as management answers show one: nothing of its cookie.
    var json: JSON {
        [
            "id": .string(id.text), "userId": .string(userID.text), "createdAt": .time(createdAt),
            "authTime": .time(authTime), "expiresAt": .time(expiresAt), "amr": .strings(amr), "acr": .string(acr),
            "address": .string(address), "userAgent": .string(userAgent),
            "device": .string(DeviceName(userAgent: userAgent).english),
        ]
    }
}
