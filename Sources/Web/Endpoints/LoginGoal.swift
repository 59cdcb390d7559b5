import HTTP
import Provider

/// Where a login leads that no authorization request waits for: a place of this server, never an address from outside.
enum LoginGoal: Equatable, Sendable {
    /// The user's own page.
    case account
    /// The part of the user's own page about how to log in, which wants a login of these minutes.
    case factors
    /// Where administrators decide about clients that people ask for.
    case applications
    /// The device that brought the user here.
    case device(UserCode)

    /// The goal that a query or a form names.
    init(_ value: (String) -> String?) {
        if let code = value("user_code").flatMap(UserCode.init(typed:)) {
            self = .device(code)
        } else {
            switch value("next") {
            case "factors": self = .factors
            case "applications": self = .applications
            default: self = .account
            }
        }
    }

    /// Whether being logged in already is enough.
    var takesAnyLogin: Bool { self != .factors }

    /// What a form of the login carries on.
    var hiddenField: HTML? {
        switch self {
        case .account: nil
        case .factors: "<input type=\"hidden\" name=\"next\" value=\"factors\">"
        case .applications: "<input type=\"hidden\" name=\"next\" value=\"applications\">"
        case .device(let code): "<input type=\"hidden\" name=\"user_code\" value=\"\(code.display)\">"
        }
    }

    /// The way to the login page.
    func login(on site: Site) -> Link {
        switch self {
        case .account: Link("/login", on: site)
        case .factors: Link("/login", on: site, query: [("next", "factors")])
        case .applications: Link("/login", on: site, query: [("next", "applications")])
        case .device(let code): Link("/login", on: site, query: [("user_code", code.display)])
        }
    }

    /// The goal itself.
    func link(on site: Site) -> Link {
        switch self {
        case .account: Link("/account", on: site)
        case .factors: Link("/account", on: site, query: [("section", "factors")])
        case .applications: Link("/applications", on: site)
        case .device(let code): Link("/device", on: site, query: [("user_code", code.display)])
        }
    }
}
