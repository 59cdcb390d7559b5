import HTTP
import Testing

/// RFC 9112, by the table in `Requests/`: what the reader does depends on the bytes, never on how they arrive.
@Suite("RFC 9112: hostile and legal requests, whole, byte by byte and split at every point")
struct RequestTableTests {
    static let hostile = [
        "hostile-request-line", "hostile-target", "hostile-fields", "hostile-framing", "hostile-chunks",
    ].flatMap(TableRequest.load)
    static let legal = TableRequest.load("legal")

    @Test("The table has at least 120 hostile and 60 legal requests, each with a title of its own")
    func tableIsComplete() {
        #expect(Self.hostile.count >= 120)
        #expect(Self.legal.count >= 60)
        #expect(Set((Self.hostile + Self.legal).map(\.title)).count == Self.hostile.count + Self.legal.count)
    }

    @Test(
        "RFC 9112 §11.2, GHSA-mgc4-wqv7-4pxm, CVE-2026-28980, GHSA-w3f6-pc54-gfw7, GHSA-vj2m-9f5j-mpr5: hostile",
        arguments: hostile)
    func hostileRequest(_ request: TableRequest) {
        check(request)
    }

    @Test("RFC 9112 §2 to §9: legal", arguments: legal)
    func legalRequest(_ request: TableRequest) {
        #expect(!request.verdict.contains { $0.hasPrefix("refuse") })
        check(request)
    }

    private func check(_ request: TableRequest) {
        let bytes = request.bytes[...]
        #expect(request.transcript(of: [bytes], proceedsAtOnce: true) == request.verdict, "whole")
        #expect(
            request.transcript(of: bytes.map { [$0] }, proceedsAtOnce: true) == request.verdict, "byte by byte")
        #expect(
            request.transcript(of: bytes.map { [$0] }, proceedsAtOnce: false) == request.verdict,
            "byte by byte, answered late")
        for point in bytes.indices.dropFirst() {
            let portions = [bytes[..<point], bytes[point...]]
            let transcript = request.transcript(of: portions, proceedsAtOnce: true)
            if transcript != request.verdict {
                Issue.record("split at \(point): \(transcript)")
            }
        }
    }
}
