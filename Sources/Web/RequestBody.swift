import HTTP
import JOSE
import Provider

/// Reads what a request carries: queries, forms and JSON objects.
enum RequestBody {
    /// The only media type of forms (RFC 6749 appendix B).
    private static let form = "application/x-www-form-urlencoded"

    /// Why the content of a request cannot be what its route takes; nil when it can. Without content nothing needs a
    /// type.
    static func mediaTypeProblem(_ request: Request, _ accepted: Route.Body) -> OAuthError? {
        guard !request.body.isEmpty, let names = names(of: accepted) else { return nil }
        let fields = request.headers.all("content-type")
        // As nearly everybody writes it.
        if fields.count == 1, names.contains(fields[0]) { return nil }
        guard fields.count == 1, let type = MediaType(fields[0]), names.contains(type.essence) else {
            return .malformed("Content-Type", "must be \(names.joined(separator: " or "))")
        }
        guard type.charset == nil || type.charset == "utf-8" else {
            return .malformed("Content-Type", "names another charset than utf-8")
        }
        return nil
    }

    private static func names(of accepted: Route.Body) -> [String]? {
        switch accepted {
        case .none: nil
        case .form: [form]
        case .formOrJSON: [form, "application/json"]
        case .json: ["application/json", "application/merge-patch+json"]
        }
    }

    /// The parameters of a form or of a JSON object with the same members.
    static func parameters(_ request: Request) throws(OAuthError) -> Parameters {
        let field = request.headers[first: "content-type"]
        guard field != form, field.flatMap(MediaType.init)?.essence == "application/json" else {
            return Parameters(try fields(of: request))
        }
        return Parameters(try members(of: request))
    }

    /// The fields of a form in their order, repeats included.
    static func fields(of request: Request) throws(OAuthError) -> [(name: String, value: String)] {
        do {
            return try FormDecoder.decode(request.body).map { ($0.name, $0.value) }
        } catch {
            throw Self.error(error, where: "form")
        }
    }

    /// The parameters of the query in their order, repeats included.
    static func query(of request: Request) throws(OAuthError) -> [(name: String, value: String)] {
        do {
            return try FormDecoder.decode(query: request.query).map { ($0.name, $0.value) }
        } catch {
            throw Self.error(error, where: "query")
        }
    }

    /// The JSON object in the body; an empty body is an empty object.
    static func object(of request: Request) throws(OAuthError) -> JSONObject {
        guard !request.body.isEmpty else { return JSONObject() }
        do {
            guard case .object(let object) = try JSON.parse(request.body) else {
                throw OAuthError(.invalidRequest, "The body must be a JSON object.")
            }
            return object
        } catch let error as JSONError {
            throw OAuthError(
                .invalidRequest, "The body cannot be read: \(error.description).", parameter: error.path.first)
        } catch let error as OAuthError {
            throw error
        } catch {
            throw OAuthError(.invalidRequest, "The body cannot be read.")
        }
    }

    /// The members of a JSON object as parameters: strings only; `resource` may be an array of them (RFC 8707 §2).
    private static func members(of request: Request) throws(OAuthError) -> [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        for member in try object(of: request).members {
            let texts = member.value.strings ?? [member.value.string ?? ""]
            guard !texts.contains(where: { $0.utf8.contains(0) }) else {
                throw .malformed(String(member.name.prefix(64)), "has a control character")
            }
            if let text = member.value.string {
                pairs.append((member.name, text))
            } else if member.name == "resource", member.value.strings != nil {
                pairs += texts.map { (member.name, $0) }
            } else {
                throw .malformed(String(member.name.prefix(64)), "must be a JSON string")
            }
        }
        return pairs
    }

    private static func error(_ error: FormError, where place: String) -> OAuthError {
        let problem =
            switch error.reason {
            case .malformedPercentEncoding: "has a malformed percent-encoding"
            case .invalidUTF8: "is not UTF-8"
            case .controlCharacter: "has a control character"
            case .tooManyParameters: "has too many parameters"
            }
        guard let name = error.parameter else {
            return OAuthError(.invalidRequest, "The \(place) \(problem).")
        }
        return .malformed(String(name.prefix(64)), problem)
    }
}

extension Exchange {
    /// - Throws: `invalid_request`, to be answered by 415, for content of another type than the route takes.
    func requireMediaType(of accepted: Route.Body) throws(OAuthError) {
        guard let problem = RequestBody.mediaTypeProblem(request, accepted) else { return }
        status = .unsupportedMediaType
        throw problem
    }
}
