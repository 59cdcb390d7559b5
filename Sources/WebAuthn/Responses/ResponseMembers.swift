internal import JOSE

/// The members of a JSON object, with errors that name their paths.
struct ResponseMembers {
    private let object: JSONObject
    private let prefix: String

    /// The members of a credential.
    init(credential json: JSON) throws(WebAuthnError) {
        guard let object = json.object else { throw .malformed("credential") }
        self.object = object
        prefix = ""
    }

    /// The members of what stands under `path`.
    init(_ json: JSON, path: String) throws(WebAuthnError) {
        guard let object = json.object else { throw .malformed(path) }
        self.object = object
        prefix = path + "."
    }

    /// Whether there is such a member.
    func has(_ name: String) -> Bool { object[name] != nil }

    /// A text that has to be there.
    func text(_ name: String) throws(WebAuthnError) -> String {
        guard let text = try required(name).string else { throw .malformed(full(name)) }
        return text
    }

    /// A flag; false when it is absent.
    func flag(_ name: String) throws(WebAuthnError) -> Bool {
        guard let member = object[name] else { return false }
        guard let flag = member.bool else { throw .malformed(full(name)) }
        return flag
    }

    /// Bytes as base64url that have to be there.
    func bytes(_ name: String) throws(WebAuthnError) -> [UInt8] {
        guard let bytes = Base64URL.decode(try text(name)) else { throw .malformed(full(name)) }
        return bytes
    }

    /// Bytes as base64url; nil when they are absent or `null`, as the attribute of the same name may be.
    func optionalBytes(_ name: String) throws(WebAuthnError) -> [UInt8]? {
        guard let member = object[name], !member.isNull else { return nil }
        return try bytes(name)
    }

    /// Texts; none when the member is absent.
    func texts(_ name: String) throws(WebAuthnError) -> [String] {
        guard let member = object[name] else { return [] }
        guard let texts = member.strings else { throw .malformed(full(name)) }
        return texts
    }

    /// The members of an object that has to be there.
    func members(_ name: String) throws(WebAuthnError) -> ResponseMembers {
        try ResponseMembers(required(name), path: full(name))
    }

    private func required(_ name: String) throws(WebAuthnError) -> JSON {
        guard let member = object[name] else { throw .missing(full(name)) }
        return member
    }

    private func full(_ name: String) -> String { prefix + name }
}
