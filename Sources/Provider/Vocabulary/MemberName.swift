/// Names of members in bodies and queries of management: camelCase in answers, either spelling in requests.
public enum MemberName {
    /// `redirect_uris` → `redirectUris`; a name that is no snake_case stays as it is.
    public static func camelCase(_ name: String) -> String {
        let words = name.split(separator: "_", omittingEmptySubsequences: false)
        guard words.count > 1, !words.contains(where: \.isEmpty) else { return name }
        return words.dropFirst().reduce(String(words[0])) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
    }
}
