/// Settings whose feature this version does not have: what they ask for is refused rather than silently not done.
enum ReservedSettings {
    static func check(_ given: GivenSettings) throws(ConfigurationError) {
        for setting in Setting.allCases where setting.isReserved {
            guard let value = given[setting] else { continue }
            guard isWellFormed(value.text, for: setting) else {
                throw ConfigurationError(value, "must be \(form(of: setting))")
            }
            guard isTrueToday(value.text, for: setting) else {
                throw ConfigurationError(value, "asks for something that is not available yet; leave it out")
            }
        }
    }

    private static func isWellFormed(_ text: String, for setting: Setting) -> Bool {
        switch setting {
        case .registration: ["off", "token", "open"].contains(text)
        default: !text.isEmpty
        }
    }

    private static func form(of setting: Setting) -> String {
        switch setting {
        case .registration: "off, token or open"
        default: "a list of names"
        }
    }

    /// Whether the server as it is does what the value says: a feature that does not exist is off.
    private static func isTrueToday(_ text: String, for setting: Setting) -> Bool {
        switch setting {
        case .registration: text == "off" || text == setting.standard
        default: text == setting.standard
        }
    }
}
