internal import JOSE
internal import Postgres
internal import Provider

/// JSON that is text already, for a column that the statement casts to `jsonb`.
struct JSONText: PostgresEncodable {
    let bytes: [UInt8]

    static var postgresType: PostgresType { .text }

    func encode(into bytes: inout [UInt8]) -> Bool {
        bytes += self.bytes
        return true
    }
}

extension Record {
    /// Further CTEs of a statement that write its events, its line of the audit log and its mail, if `act` has a row: the
    /// name of the CTE that gives one row when the change was made and none when it was not.
    func written(if act: SQL) -> SQL {
        var ctes: SQL = ""
        if !events.isEmpty {
            ctes = """
                , told AS (
                    INSERT INTO outbox (type, subject, time, data, request_id)
                    SELECT event.value->>'type', event.value->>'subject', \(trail.now), event.value->'data',
                           \(trail.requestID)::text
                    FROM \(act) CROSS JOIN jsonb_array_elements(\(eventList)::jsonb)
                        WITH ORDINALITY AS event (value, place)
                    ORDER BY event.place
                )
                """
        }
        if let audit {
            ctes = """
                \(ctes), audited AS (
                    INSERT INTO audit_logs (time, actor, action, subject, request_id, address)
                    SELECT \(trail.now), \(trail.actor)::text, \(audit.action)::text, \(audit.subject)::text,
                           \(trail.requestID)::text, \(trail.address)::text
                    FROM \(act)
                )
                """
        }
        if !mails.isEmpty { ctes = "\(ctes), mailed AS (\(mails.insert(for: act)))" }
        return ctes
    }

    /// The events in their order: `[{"type": …, "subject": …, "data": …}]`.
    private var eventList: JSONText {
        var writer = JSONWriter()
        writer.array { list in
            for event in events {
                list.object { members in
                    members.member("type", event.type)
                    members.member("subject", ifPresent: event.subject)
                    members.member("data", raw: event.data)
                }
            }
        }
        return JSONText(bytes: writer.bytes)
    }
}
