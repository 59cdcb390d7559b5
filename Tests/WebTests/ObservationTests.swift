import HTTP
import JOSE
import Provider
import Testing

@testable import Web

@Suite("What the log tells of a request")
struct ObservationTests {
    private let secret = "mlt_cs_Q2xpZW50IHNlY3JldCBvZiBhIHRlc3QgYWxvbmU"

    private func line(_ observation: Observation) -> String {
        var line = JSONWriter(capacity: 512)
        observation.write(at: Instant(seconds: 0), to: &line)
        return String(decoding: line.bytes, as: UTF8.self)
    }

    @Test("RFC 6749 §2.3.1: a secret that is sent as the client's id is in no line of the log")
    func swapped() async throws {
        try await TestServer.run { server in
            let type = "application/x-www-form-urlencoded"
            let swapped = basic(secret, "the-client")
            let requests = [
                request(.get, "/api/v1/oauth2/clients", ["Authorization": swapped]),
                request(
                    .post, "/api/v1/oauth2/token", ["Content-Type": type, "Authorization": swapped],
                    "grant_type=client_credentials"),
                request(
                    .post, "/api/v1/oauth2/token", ["Content-Type": type],
                    "grant_type=client_credentials&client_id=\(secret)&client_secret=the-client"),
                request(.get, "/api/v1/oauth2/authorize?response_type=code&client_id=\(secret)", [:]),
            ]
            for request in requests {
                let answer = await server.routes.respond(to: request)
                #expect(answer.status.code >= 400)
                let observation = try #require(server.log.observations.last)
                #expect(observation.claimedClient == Observation.maskedClient)
                #expect(!line(observation).contains(secret))
            }
            _ = await server.routes.respond(
                to: request(.get, "/api/v1/oauth2/clients", ["Authorization": basic("somebody", "wrong")]))
            #expect(server.log.observations.last?.claimedClient == "somebody", "ids are told as they came")
        }
    }
}
