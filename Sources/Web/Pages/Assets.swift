import Crypto
import HTTP
import JOSE

/// The files beside the pages. Each is served under a name that has its own digest in it, so that browsers may keep it
/// for ever and a new version of the server never meets an old file.
struct Assets: Sendable {
    /// One file.
    struct File: Sendable {
        /// Last part of its path, such as `martlet-0f1e2d3c.css`.
        let name: String
        let mediaType: String
        let bytes: [UInt8]
    }

    let style: File
    let formPost: File
    let passkey: File
    let mark: File

    init() {
        style = Self.file("martlet", "css", "text/css; charset=utf-8", PackageResources.martlet_css)
        formPost = Self.file("form-post", "js", "text/javascript; charset=utf-8", PackageResources.form_post_js)
        passkey = Self.file("passkey", "js", "text/javascript; charset=utf-8", PackageResources.passkey_js)
        mark = Self.file("mark", "svg", "image/svg+xml", PackageResources.mark_svg)
    }

    var all: [File] { [style, formPost, passkey, mark] }

    private static func file(_ stem: String, _ ending: String, _ mediaType: String, _ bytes: [UInt8]) -> File {
        let digest = Base64URL.encode(Array(SHA256.hash(bytes).prefix(9)))
        return File(name: "\(stem)-\(digest).\(ending)", mediaType: mediaType, bytes: bytes)
    }
}

extension Assets.File {
    /// The file, to be kept for a year: under this name it never changes.
    func response() -> Response {
        Response(
            status: .ok,
            headers: ["Content-Type": mediaType, "Cache-Control": "public, max-age=31536000, immutable"], body: bytes)
    }
}
