import Testing

@testable import Postgres

@Suite("SQL: literals that cannot inject (CVE-2022-24124)")
struct SQLTests {
    @Test("every value becomes a numbered parameter, fragments are renumbered")
    func numbering() {
        let columns: SQL = "id, name"
        let condition: SQL = "name = \("x' OR 1=1 --") AND age > \(7)"
        let statement: SQL = "SELECT \(columns) FROM t WHERE \(condition) LIMIT \(5)"
        #expect(statement.shape.text == "SELECT id, name FROM t WHERE name = $1 AND age > $2 LIMIT $3")
        #expect(statement.shape.parameterTypes == [0, 20, 20])
    }

    @Test("fragments join")
    func joining() {
        let conditions: [SQL] = ["a = \(1)", "b", "c = \(true)"]
        #expect(conditions.joined(by: " AND ").shape.text == "a = $1 AND b AND c = $2")
        #expect([SQL]().joined(by: ", ").shape.text.isEmpty)
    }

    @Test("a statement is known again by its literals, whatever its values")
    func identity() {
        func statement(_ value: Int) -> SQL { "SELECT \(value)" }
        #expect(statement(1).shape == statement(2).shape)
        #expect(statement(1).shape != ("SELECT \(1), 2" as SQL).shape)
    }

    @Test("text with a NUL is noticed before C would cut it short")
    func nul() {
        #expect(("\("a\0b")" as SQL).parameters.hasNULInText)
        #expect(("x\("ab")\([UInt8(0)])" as SQL).parameters.hasNULInText == false)
    }

    @Test("a declared insert takes each column as an array")
    func insert() {
        struct Token: Sendable {
            let hash: [UInt8]
            let note: String?
        }
        let insert = Batch<Token>(
            "INSERT INTO t SELECT * FROM unnest(\(\.hash), \(\.note)) ON CONFLICT DO NOTHING RETURNING hash",
            key: \.hash)
        let statement = insert.statement(for: [Token(hash: [1], note: nil), Token(hash: [2], note: "x")])
        #expect(
            statement.shape.text
                == "INSERT INTO t SELECT * FROM unnest($1, $2) ON CONFLICT DO NOTHING RETURNING hash")
        #expect(statement.shape.parameterTypes == [1001, 1009])
    }
}
