public import JOSE

/// What `martlet config` prints: every setting, its value and where it came from, secrets masked.
public struct SettingsListing: Sendable {
    private let given: GivenSettings

    /// The listing of these settings.
    public init(_ given: GivenSettings) { self.given = given }

    /// An array of `{setting, flag, value, source}`; a setting without a value says in `meaning` what that means.
    public var json: JSON {
        .array(
            Setting.allCases.map { setting in
                var members: [(name: String, value: JSON)] = [
                    ("setting", .string(setting.variable)), ("flag", .string(setting.flag)),
                ]
                if let value = given[setting] {
                    members += [
                        ("value", .string(SecretMask.shown(value))), ("source", .string(value.source.rawValue)),
                    ]
                } else {
                    members += [
                        ("value", .null), ("meaning", .string(setting.ifUnset)), ("source", .string("default")),
                    ]
                }
                members.append(("available", .bool(!setting.isReserved)))
                return .object(JSONObject(members))
            })
    }

    /// A table of three columns.
    public var text: String {
        let rows = Setting.allCases.map { setting -> [String] in
            let value = given[setting].map(SecretMask.shown) ?? "(\(setting.ifUnset))"
            let source = given[setting]?.source.rawValue ?? "default"
            return [setting.variable, value, setting.isReserved ? source + ", not available yet" : source]
        }
        return TextTable(rows).text
    }
}
