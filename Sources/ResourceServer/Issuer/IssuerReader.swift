internal import HTTP
internal import JOSE

/// Reads the issuer's documents: where its keys are, and then the keys. Both each time, so that a move is noticed.
struct IssuerReader: Sendable {
    let issuer: TrustedIssuer
    let transport: any IssuerTransport

    /// More than any of the documents needs; a transport may have let more through.
    private static let sizeLimit = 262_144

    /// What the documents say now, with the fields of the keys' answer.
    func read() async throws(IssuerFault) -> (metadata: IssuerMetadata, keys: JWKS, headers: Headers) {
        let (document, _) = try await json(.metadata, of: get(issuer.metadataURL))
        let metadata = try IssuerMetadata(document, of: issuer)
        let (set, headers) = try await json(.keys, of: get(metadata.keys))
        do {
            return (metadata, try JWKS(set), headers)
        } catch {
            throw .malformed(.keys, reason: error.description)
        }
    }

    /// The JSON of an answer of status 200.
    func json(
        _ subject: IssuerFault.Subject, of request: IssuerRequest
    ) async throws(IssuerFault) -> (JSON, Headers) {
        let response: Response
        do {
            response = try await transport.send(request)
        } catch {
            throw .unreachable(subject, reason: String(describing: error))
        }
        guard response.status == .ok else { throw .status(response.status.code, of: subject) }
        guard response.body.count <= Self.sizeLimit else { throw .malformed(subject, reason: "too large") }
        do {
            return (try JSON.parse(response.body, depthLimit: 16), response.headers)
        } catch {
            throw .malformed(subject, reason: error.description)
        }
    }

    private func get(_ url: String) -> IssuerRequest {
        IssuerRequest(method: .get, url: url, headers: ["Accept": "application/json"], body: [])
    }
}
