public import JOSE

/// Events and webhooks as operators manage them.
extension OpenIDProvider {
    /// Events after a cursor, as CloudEvents, oldest first; of these types if any are given.
    public func events(
        after cursor: String?, types: [String], limit: Int, for _: Administrator
    ) async throws(OAuthError) -> JSON {
        for type in types { try EventPattern.check(type) }
        let page = try await stores.events.events(after: cursor, types: types, limit: limit)
        return page.json { event in
            var json = event.cloudEvent(source: settings.issuer)
            json.append("cursor", .string(event.cursor))
            return json
        }
    }

    /// Registers an endpoint.
    ///
    /// - Returns: the webhook, with its signing secret the one time it is told.
    public func createWebhook(_ body: JSON, by administrator: Administrator) async throws(OAuthError) -> JSON {
        var reader = try MemberReader(body)
        guard let url = try reader.string("url") else { throw .member("url", "is missing") }
        if let refusal = egress.refusal(of: url) { throw .member("url", refusal) }
        let types = try reader.strings("types") ?? ["*"]
        let description = try reader.string("description", limit: 500)
        try reader.refuseRest()
        guard !types.isEmpty, types.allSatisfy(EventPattern.isKnown) else {
            let known = EventType.allCases.map(\.rawValue).joined(separator: ", ")
            throw .member("types", "must be event types, beginnings of some with .* behind, or *; types are \(known)")
        }
        let id = Base64URL.encode(surroundings.random(16))
        let secret = surroundings.random(32)
        let webhook = Webhook(
            id: id, url: url, types: types, description: description,
            sealedSecret: try master.seal(secret, context: Webhook.sealContext(id)),
            createdAt: administrator.trail.now)
        let audit = AuditEntry(action: "webhook.create", subject: "webhook:\(id)")
        try await stores.webhooks.create(webhook, Record(administrator.trail, audit: audit))
        var answer = webhook.json
        answer.append("secret", .string("whsec_" + StandardBase64.encode(secret)))
        return answer
    }

    /// Endpoints by age; only those that are told of all events of a type, if one is given.
    public func webhooks(
        type: String?, _ page: PageRequest, for _: Administrator
    ) async throws(OAuthError) -> JSON {
        if let type { try EventPattern.check(type) }
        return try await stores.webhooks.webhooks(toldOf: type, page).json(\.json)
    }

    /// Removes an endpoint with its queue.
    public func deleteWebhook(_ id: String, by administrator: Administrator) async throws(OAuthError) {
        let audit = AuditEntry(action: "webhook.delete", subject: "webhook:\(id)")
        guard try await stores.webhooks.delete(id, Record(administrator.trail, audit: audit)) else { throw .noWebhook }
    }

    /// Deliveries of an endpoint, newest first, dead letters among them.
    public func deliveries(
        of id: String, _ page: PageRequest, for _: Administrator
    ) async throws(OAuthError) -> JSON {
        guard try await stores.webhooks.webhook(id) != nil else { throw .noWebhook }
        return try await stores.webhooks.deliveries(of: id, page).json(\.json)
    }

    /// Queues the events of a span of time again.
    public func replay(_ id: String, _ body: JSON, by administrator: Administrator) async throws(OAuthError) -> JSON {
        var reader = try MemberReader(body)
        let from = try Self.time("from", &reader)
        let to = try Self.time("to", &reader)
        try reader.refuseRest()
        guard from <= to else { throw .member("to", "is before the member 'from'") }
        guard try await stores.webhooks.webhook(id) != nil else { throw .noWebhook }
        let count = try await stores.webhooks.replay(id, from: from, to: to, at: administrator.trail.now)
        return ["queued": .integer(Int64(count))]
    }

    private static func time(_ name: String, _ reader: inout MemberReader) throws(OAuthError) -> Instant {
        guard let text = try reader.string(name, limit: 40) else { throw .member(name, "is missing") }
        guard let time = Instant(rfc3339: text) else { throw .member(name, "must be a time of RFC 3339") }
        return time
    }
}

extension Webhook {
    /// Associated data of the sealed secret: one that is moved to another row does not open.
    public static func sealContext(_ id: String) -> String { "webhook secret \(id)" }

    var json: JSON {
        [
            "id": .string(id), "url": .string(url), "types": .strings(types),
            "description": .string(orNull: description), "createdAt": .time(createdAt),
        ]
    }
}

extension WebhookDelivery {
    var json: JSON {
        [
            "id": .string(id), "eventId": .string(event.id), "type": .string(event.type),
            "state": .string(state.rawValue), "attempts": .integer(Int64(attempts)),
            "nextAttemptAt": .time(nextAttemptAt), "lastStatus": .integer(orNull: lastStatus),
            "lastError": .string(orNull: lastError), "deliveredAt": .time(deliveredAt),
        ]
    }
}

extension OAuthError {
    static var noWebhook: OAuthError { OAuthError(.notFound, "There is no webhook of this id.") }
}
