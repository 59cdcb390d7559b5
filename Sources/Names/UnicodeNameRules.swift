public import Provider

/// Names and passwords by Unicode's rules, with tables of one version (15.0) of its own, so that the keys of stored
/// names do not change with the machine's libraries.
///
/// A name consists of letters and digits of one script (UTS 39 §5.1: Japanese, Korean and Chinese count as one each),
/// marks on its letters, and `. _ - + @`, 1 to 128 characters and at most 256 bytes, after trimming and NFKC.
public struct UnicodeNameRules: NameRules {
    /// What no name is longer than before NFKC either; it bounds the work on hostile input.
    private static let mostInputBytes = 4 * UserNameCheck.mostBytes

    /// The rules; they have no state.
    public init() {}

    /// The name as it is shown and as it is compared.
    ///
    /// - Throws: `invalid_request` naming `username`, with what is wrong.
    public func keys(of username: String) throws(OAuthError) -> (display: String, keys: User.NameKeys) {
        guard username.utf8.count <= Self.mostInputBytes else {
            throw .malformed("username", "has more than \(UserNameCheck.mostBytes) bytes")
        }
        let display = trimmed(Normalization.nfkc(username.unicodeScalars.map(\.value)))
        if let problem = UserNameCheck.problem(with: display) { throw .malformed("username", problem) }
        let folded = ComparableForms.folded(display)
        let skeleton = ComparableForms.skeleton(folded)
        return (text(display), User.NameKeys(folded: text(folded), skeleton: text(skeleton)))
    }

    /// NFKC, nothing else: a password is not trimmed and keeps its case.
    public func normalized(password: String) -> String {
        if password.utf8.allSatisfy({ $0 < 0x80 }) { return password }
        return text(Normalization.nfkc(password.unicodeScalars.map(\.value)))
    }

    /// NFKC and case-folded: what texts are compared by; of a password never what is hashed.
    public func folded(_ given: String) -> String {
        text(ComparableForms.folded(given.unicodeScalars.map(\.value)))
    }

    /// Whether it is on the list of common passwords, or made of something on it in a usual way.
    public func isCommon(foldedPassword: String) -> Bool {
        CommonPasswords.contain(foldedPassword.unicodeScalars.map(\.value))
    }

    /// Without White_Space at either end.
    private func trimmed(_ scalars: [UInt32]) -> [UInt32] {
        func isSpace(_ scalar: UInt32) -> Bool { Unicode.Scalar(scalar)?.properties.isWhitespace ?? false }
        guard let first = scalars.firstIndex(where: { !isSpace($0) }),
            let last = scalars.lastIndex(where: { !isSpace($0) })
        else { return [] }
        return Array(scalars[first...last])
    }

    private func text(_ scalars: [UInt32]) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars.lazy.compactMap(Unicode.Scalar.init))
        return String(view)
    }
}
