import HTTP
import Provider

extension Exchange {
    /// The credentials of a client and the parameters beside them, from header and body alone.
    ///
    /// - Throws: `invalid_request` for parameters in the query (RFC 6749 §2.3.1: «MUST NOT be included in the request
    ///   URI»), `invalid_client` for an `Authorization` that is not well-formed Basic.
    func presentedCredentials() throws(OAuthError) -> PresentedCredentials {
        if let name = try RequestBody.query(of: request).first?.name {
            throw .malformed(String(name.prefix(64)), "must stand in the body, not in the address")
        }
        let credentials = try Credentials(request.headers, refusal: .invalidClient)
        let parameters = try RequestBody.parameters(request)
        switch credentials {
        case .none:
            claimedClient = parameters["client_id"]
            return PresentedCredentials(basic: nil, parameters: parameters)
        case .basic(let basic):
            claimedClient = basic.id
            return PresentedCredentials(basic: basic, parameters: parameters)
        case .bearer, .other:
            throw OAuthError(
                .invalidClient, "The Authorization header has a scheme other than Basic.", parameter: "Authorization")
        }
    }
}
