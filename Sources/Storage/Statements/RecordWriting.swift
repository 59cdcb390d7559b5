internal import JOSE
internal import Postgres
internal import Provider

/// A record as the values that its rows are written from. Every statement that changes something writes them in itself,
/// so there is no moment in which one is there without the other.
struct RecordRows: Sendable {
    let time: Instant
    let requestID: String
    let actor: String
    let address: String
    /// The events in their order: `[{"type": …, "subject": …, "data": …}]`.
    let events: JSON
    let action: String?
    let subject: String?

    init(_ record: Record) {
        time = record.trail.now
        requestID = record.trail.requestID
        actor = record.trail.actor
        address = record.trail.address
        events = .array(record.events.map(Self.json))
        action = record.audit?.action
        subject = record.audit?.subject
    }

    private static func json(_ event: Event) -> JSON {
        ["type": .string(event.type), "subject": event.subject.map { .string($0) } ?? .null, "data": event.data]
    }
}

extension Record {
    /// Further CTEs of a statement that write its events and its line of the audit log, if `act` has a row: the name of
    /// the CTE that gives one row when the change was made and none when it was not.
    func written(if act: SQL) -> SQL {
        let rows = RecordRows(self)
        var ctes: SQL = ""
        if !events.isEmpty {
            ctes = """
                , told AS (
                    INSERT INTO outbox (type, subject, time, data, request_id)
                    SELECT event.value->>'type', event.value->>'subject', \(rows.time), event.value->'data',
                           \(rows.requestID)::text
                    FROM \(act) CROSS JOIN jsonb_array_elements(\(rows.events)::jsonb)
                        WITH ORDINALITY AS event (value, place)
                    ORDER BY event.place
                )
                """
        }
        if audit != nil {
            ctes = """
                \(ctes), audited AS (
                    INSERT INTO audit_logs (time, actor, action, subject, request_id, address)
                    SELECT \(rows.time), \(rows.actor)::text, \(rows.action)::text, \(rows.subject)::text,
                           \(rows.requestID)::text, \(rows.address)::text
                    FROM \(act)
                )
                """
        }
        return ctes
    }
}
