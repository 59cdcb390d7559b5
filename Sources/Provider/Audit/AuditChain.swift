import Crypto
public import JOSE

/// What is wrong with the audit log, found by its chain.
public enum AuditFinding: Sendable, Equatable {
    /// The line of this link says something else than when it was linked, or the link was changed; two lines that were
    /// swapped are found as two.
    case edited(position: Int64, line: Int64)
    /// The line of this link is gone.
    case removed(position: Int64, line: Int64)
    /// Links between these positions are gone.
    case linksMissing(after: Int64, before: Int64)
    /// A line that no link holds, though it is older than a minute.
    case inserted(line: Int64)
    /// The chain does not reach as far as a checkpoint says, or has another link there.
    case behindCheckpoint(position: Int64)

    /// A sentence for the operator.
    public var description: String {
        switch self {
        case .edited(let position, let line): "position \(position): line \(line) is not as it was linked"
        case .removed(let position, let line): "position \(position): line \(line) was removed"
        case .linksMissing(let after, let before): "positions \(after + 1) to \(before - 1): links were removed"
        case .inserted(let line): "line \(line) was inserted: no link holds it"
        case .behindCheckpoint(let position): "the chain is not the one of the checkpoint at position \(position)"
        }
    }
}

/// What a walk over the whole chain says.
public struct AuditVerdict: Sendable, Equatable {
    /// The last position; 0 for an empty chain.
    public var length: Int64
    /// What is wrong, in order of position.
    public var findings: [AuditFinding]
    /// A verdict.
    public init(length: Int64, findings: [AuditFinding]) {
        self.length = length
        self.findings = findings
    }
}

/// The chain over the audit log: each link has a MAC over the one before and its line, by a key that follows from the
/// master key. Whoever has the database alone can change lines, but make no link.
public struct AuditChain: Sendable {
    private let store: any AuditStore
    private let master: MasterKey

    /// The chain of this log under this key.
    public init(over store: any AuditStore, _ master: MasterKey) {
        self.store = store
        self.master = master
    }

    /// Hangs new lines onto the chain; called once a second beside the requests, which it costs nothing. Until then,
    /// a line that was just written is not yet protected.
    public func extend() async throws(OAuthError) {
        while try await store.link({ master.hash(of: $1, after: $0) }) == 1000 {}
    }

    /// Walks the whole chain.
    ///
    /// - Parameter checkpoint: one that ``checkpoint()`` made earlier; without it a tail that was cut off is not found.
    /// - Throws: `invalid_request` for a checkpoint that this master key did not make.
    public func verify(checkpoint: String? = nil) async throws(OAuthError) -> AuditVerdict {
        let wanted = try checkpoint.map { text throws(OAuthError) in
            guard let link = master.auditLink(ofCheckpoint: text) else {
                throw .malformed("checkpoint", "was not made by this server")
            }
            return link
        }
        var findings: [AuditFinding] = []
        var previous: AuditLink?
        var matchesCheckpoint = wanted == nil
        while let links = try await nextLinks(after: previous) {
            for (link, line) in links {
                findings += check(link, line, after: previous)
                if link == wanted { matchesCheckpoint = true }
                previous = link
            }
        }
        if let wanted, !matchesCheckpoint { findings.append(.behindCheckpoint(position: wanted.position)) }
        return AuditVerdict(length: previous?.position ?? 0, findings: findings + (try await insertedLines()))
    }

    private func nextLinks(
        after previous: AuditLink?
    ) async throws(OAuthError) -> [(link: AuditLink, line: AuditLine?)]? {
        let links = try await store.links(after: previous?.position ?? 0, limit: 5000)
        return links.isEmpty ? nil : links
    }

    private func check(_ link: AuditLink, _ line: AuditLine?, after previous: AuditLink?) -> [AuditFinding] {
        let before = previous?.position ?? 0
        guard let line else { return [.removed(position: link.position, line: link.lineID)] }
        // Whether the link is right cannot be known without the one before it.
        guard link.position == before + 1 else { return [.linksMissing(after: before, before: link.position)] }
        return constantTimeEquals(link.hash, master.hash(of: line, after: previous))
            ? [] : [.edited(position: link.position, line: link.lineID)]
    }

    private func insertedLines() async throws(OAuthError) -> [AuditFinding] {
        var (findings, last): ([AuditFinding], Int64) = ([], 0)
        while true {
            let lines = try await store.unlinked(after: last, limit: 1000)
            findings += lines.map { .inserted(line: $0.id) }
            guard let line = lines.last else { return findings }
            last = line.id
        }
    }

    /// The chain's end as a signed text, to be kept elsewhere; nil for an empty chain.
    public func checkpoint() async throws(OAuthError) -> String? {
        try await extend()
        var last: AuditLink?
        while let links = try await nextLinks(after: last) { last = links.last?.link }
        return last.map(master.checkpoint)
    }
}

extension OpenIDProvider {
    /// The chain over the audit log.
    public var auditChain: AuditChain { AuditChain(over: stores.audit, master) }

    /// Lines for an administrator.
    public func auditLog(
        _ filter: AuditFilter, _ page: PageRequest, for administrator: Administrator
    ) async throws(OAuthError) -> JSON {
        let record = Record(administrator.trail, audit: AuditEntry(action: "audit.read", subject: "audit"))
        return try await stores.audit.lines(filter, page, record).json(\.json)
    }
}

extension MasterKey {
    /// The hash of a line's link. Every part has its length before it, so that no two lines read alike.
    func hash(of line: AuditLine, after previous: AuditLink?) -> [UInt8] {
        var message: [UInt8] = []
        func append(_ part: [UInt8]) {
            message += (0..<8).reversed().map { UInt8(truncatingIfNeeded: part.count >> (8 * $0)) }
            message += part
        }
        append(previous?.hash ?? [])
        append(Array("\((previous?.position ?? 0) + 1) \(line.id) \(line.microseconds)".utf8))
        for text in [line.actor, line.action, line.subject, line.requestID, line.address] { append(Array(text.utf8)) }
        return mac(of: message, for: "audit link")
    }

    /// `<position>.<line>.<hash>.<mac>`
    func checkpoint(_ link: AuditLink) -> String {
        let text = "\(link.position).\(link.lineID).\(Base64URL.encode(link.hash))"
        return "\(text).\(Base64URL.encode(mac(of: Array(text.utf8), for: "audit checkpoint")))"
    }

    /// The link that a checkpoint is of; nil for a text that this key did not make.
    func auditLink(ofCheckpoint text: String) -> AuditLink? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, let position = Int64(parts[0]), let line = Int64(parts[1]),
            let hash = Base64URL.decode(String(parts[2])), let mac = Base64URL.decode(String(parts[3])),
            constantTimeEquals(
                mac, self.mac(of: Array(parts[0...2].joined(separator: ".").utf8), for: "audit checkpoint"))
        else { return nil }
        return AuditLink(position: position, lineID: line, hash: hash)
    }
}

extension AuditLine {
    /// A line as management answers show it.
    var json: JSON {
        [
            "id": .string(String(id)), "time": .time(Instant(milliseconds: microseconds / 1000)),
            "actor": .string(actor), "action": .string(action), "subject": .string(subject),
            "requestId": .string(requestID), "address": .string(address),
        ]
    }
}
