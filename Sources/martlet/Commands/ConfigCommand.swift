internal import Configuration
internal import JOSE

/// `martlet config`.
enum ConfigCommand {
    static func text(_ given: GivenSettings, json: Bool) -> String {
        let listing = SettingsListing(given)
        return json ? listing.json.description + "\n" : listing.text
    }
}
