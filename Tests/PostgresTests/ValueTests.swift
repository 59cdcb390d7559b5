import Postgres
import Testing

enum Colour: String, PostgresEncodable, PostgresDecodable {
    case red, blue
}

@Suite("Values: there and back")
struct ValueTests {
    @Test("every type of value comes back as it went")
    func roundTrips() async throws {
        try await TestCluster.with { database, _ in
            func back<Value: PostgresEncodable & PostgresDecodable>(_ value: Value) async throws -> Value {
                try await database.read("SELECT \(value)").exactlyOne().value(0)
            }
            for number in [Int64.min, -1, 0, 1, Int64.max] { #expect(try await back(number) == number) }
            for number in [Int32.min, 0, Int32.max] { #expect(try await back(number) == number) }
            #expect(try await back(true))
            #expect(try await back(false) == false)
            #expect(try await back(1.5) == 1.5)
            for bytes in [[], [0], Array(0...255)] as [[UInt8]] { #expect(try await back(bytes) == bytes) }
            #expect(try await back([1, 2, nil] as [Int?]) == [1, 2, nil])
            #expect(try await back([] as [Int]) == [])
            #expect(try await back(["", "a,\"b\\", "{}", "ü"]) == ["", "a,\"b\\", "{}", "ü"])
            #expect(try await back([[], [0, 1], [255]] as [[UInt8]]) == [[], [0, 1], [255]])
            #expect(try await back([true, nil] as [Bool?]) == [true, nil])
            let moment = PostgresTimestamp(microseconds: 1_700_000_000_123_456)
            #expect(try await back(moment) == moment)
            #expect(try await back(Int?.none) == nil)
            for text in ["", "ü€𝄞", "'; DROP TABLE t; --", "\\"] {
                let row = try await database.read("SELECT \(text)::text, \(text)").exactlyOne()
                #expect(try row.values(String.self, String.self) == (text, text))
            }
            let colour = try await database.read("SELECT \(Colour.blue)::text").exactlyOne()
            #expect(try colour.value(0) == Colour.blue)
        }
    }

    @Test("text is inferred as json, uuid and a schema's own enum")
    func inferred() async throws {
        try await TestCluster.with { database, _ in
            let uuid = "0b9f9bd2-2f3e-4f6b-8d6f-6e7fb5b3f8a1"
            let row = try await database.read(
                """
                SELECT \(#"{"a": [1]}"#)::jsonb, \(#"{"a":1}"#)::json, \(uuid)::uuid,
                    extract(epoch FROM \(PostgresTimestamp(microseconds: 5_000_000)))::bigint, '{x}'::name[]
                """
            ).exactlyOne()
            let (jsonb, json, id, seconds, names) = try row.values(
                String.self, String.self, String.self, Int.self, [String].self)
            #expect(jsonb == #"{"a": [1]}"#)
            #expect(json == #"{"a":1}"#)
            #expect(id == uuid)
            #expect(seconds == 5)
            #expect(names == ["x"])
        }
    }

    @Test("what does not fit is a typed error, never a trap")
    func misfits() async throws {
        try await TestCluster.with { database, _ in
            let row = try await database.read(
                "SELECT 1::bigint, NULL::text, 'x'::text, 5000000000, '{{1,2},{3,4}}'::bigint[], 'infinity'::timestamptz"
            ).exactlyOne()
            func isUnexpected<T: PostgresDecodable>(_ column: Int, _ type: T.Type) -> Bool {
                do {
                    _ = try row.value(column, as: type)
                    return false
                } catch {
                    if case .unexpectedResult = error { return true } else { return false }
                }
            }
            #expect(isUnexpected(0, String.self))
            #expect(isUnexpected(0, Bool.self))
            #expect(isUnexpected(0, [UInt8].self))
            #expect(isUnexpected(1, String.self))
            #expect(isUnexpected(2, Int.self))
            #expect(isUnexpected(2, Colour.self))
            #expect(isUnexpected(3, Int32.self))
            #expect(isUnexpected(3, UInt8.self))
            #expect(isUnexpected(4, [Int].self))
            #expect(isUnexpected(5, PostgresTimestamp.self))
            #expect(isUnexpected(6, Int.self))
            #expect(isUnexpected(-1, Int.self))
            #expect(try row.value(1, as: String?.self) == nil)
            let none = try await database.read("SELECT 1 WHERE false")
            #expect(try none.atMostOne() == nil)
            #expect(throws: DatabaseError.self) { try none.exactlyOne() }
            let two = try await database.read("SELECT generate_series(1, 2)")
            #expect(throws: DatabaseError.self) { try two.atMostOne() }
        }
    }

    @Test("text with a NUL is refused as a value")
    func nul() async throws {
        try await TestCluster.with { database, _ in
            await #expect(throws: DatabaseError.invalidValue(reason: "text with a NUL")) {
                try await database.read("SELECT \("a\0b")::text")
            }
            await #expect(throws: DatabaseError.invalidValue(reason: "text with a NUL")) {
                try await database.write("SELECT \("a\0b")::text")
            }
        }
    }
}
