import Crypto
import HTTP
import JOSE
import Synchronization

/// A public document that never changes: made once, when somebody asks for it.
final class KeptDocument: Sendable {
    private let make: @Sendable () -> JSON
    private let made = Mutex<TaggedDocument?>(nil)

    init(_ make: @escaping @Sendable () -> JSON) { self.make = make }

    var document: TaggedDocument {
        made.withLock { made -> TaggedDocument in
            if let made { return made }
            let fresh = TaggedDocument(make())
            made = fresh
            return fresh
        }
    }
}

/// A public document as it is sent, with the tag of its very bytes (RFC 9110 §8.8.3).
struct TaggedDocument: Sendable {
    private let tag: EntityTag?
    private let whole: Response
    private let notModified: Response

    init(_ json: JSON) {
        let bytes = json.encoded()
        tag = EntityTag(opaque: Base64URL.encode(Array(SHA256.hash(bytes).prefix(16))))
        var headers: Headers = ["Cache-Control": "public, max-age=300"]
        if let tag { headers.set("ETag", tag.description) }
        notModified = Response(status: .notModified, headers: headers)
        headers.set("Content-Type", "application/json")
        whole = Response(status: .ok, headers: headers, body: bytes)
    }

    func response(to request: Request) -> Response {
        guard let tag, request.headers.contains("if-none-match") else { return whole }
        return tag.isNamed(byIfNoneMatch: request.headers.all("if-none-match")) ? notModified : whole
    }
}
