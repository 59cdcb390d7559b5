import HTTP
import Provider

/// Why a page of the login is shown again.
enum LoginProblem {
    /// The same words for a wrong name and a wrong password (CVE-2026-4633).
    case wrongPassword
    /// The code of the second step is none of this user's, or was used before.
    case wrongCode
    /// No passkey of this server's users, or one whose counter went back.
    case wrongPasskey
    case throttled(seconds: Int)
    /// The form came from a page that is too old, or from elsewhere.
    case staleForm
    /// The server cannot check a password at this moment.
    case unavailable(seconds: Int)

    /// The server refuses what it understood (RFC 9110 §15.5.4), for now or for good.
    var status: Status {
        switch self {
        case .wrongPassword, .wrongCode, .wrongPasskey, .staleForm: .forbidden
        case .throttled: .tooManyRequests
        case .unavailable: .serviceUnavailable
        }
    }

    /// Seconds to wait.
    var retryAfter: Int? {
        switch self {
        case .wrongPassword, .wrongCode, .wrongPasskey, .staleForm: nil
        case .throttled(let seconds), .unavailable(let seconds): seconds
        }
    }

    /// What the log says.
    var error: OAuthError {
        switch self {
        case .wrongPassword: OAuthError(.accessDenied, "Wrong user name or password.")
        case .wrongCode: OAuthError(.accessDenied, "Wrong code in the second step of a login.")
        case .wrongPasskey: OAuthError(.accessDenied, "Wrong passkey.")
        case .throttled: OAuthError(.tooManyRequests, "Too many wrong passwords or codes.")
        case .staleForm: OAuthError(.invalidRequest, "The form was not made for this browser.", parameter: "csrf")
        case .unavailable: OAuthError(.temporarilyUnavailable, "No password can be checked now.")
        }
    }

    /// The notice above the form, which has the id `problem`.
    func notice(_ language: Language) -> HTML {
        let words =
            switch language {
            case .english: english
            case .german: german
            }
        return "<p class=\"notice alarm\" id=\"problem\" role=\"alert\">\(words)</p>\n"
    }

    private var english: HTML {
        switch self {
        case .wrongPassword: "This user name and password do not belong together. Please try again."
        case .wrongCode: "This code is not the right one, or was used before. Please wait for the next and try again."
        case .wrongPasskey: "This passkey was not accepted. Please try again, or sign in with your password."
        case .throttled(1): "Too many wrong attempts. Please wait one second and try again."
        case .throttled(let seconds): "Too many wrong attempts. Please wait \(seconds) seconds and try again."
        case .staleForm: "This page was too old to be used. Please sign in again."
        case .unavailable: "The server is busy at the moment. Please try again in a few seconds."
        }
    }

    private var german: HTML {
        switch self {
        case .wrongPassword:
            "Benutzername und Passwort passen nicht zusammen. Bitte versuchen Sie es noch einmal."
        case .wrongCode:
            """
            Dieser Code ist nicht der richtige oder wurde schon benutzt. Bitte warten Sie auf den nächsten und versuchen \
            Sie es noch einmal.
            """
        case .wrongPasskey:
            "Dieser Passkey wurde nicht angenommen. Bitte versuchen Sie es erneut oder nehmen Sie Ihr Passwort."
        case .throttled(1): "Zu viele Fehlversuche. Bitte warten Sie eine Sekunde und versuchen Sie es erneut."
        case .throttled(let seconds):
            "Zu viele Fehlversuche. Bitte warten Sie \(seconds) Sekunden und versuchen Sie es erneut."
        case .staleForm: "Diese Seite war zu alt. Bitte melden Sie sich noch einmal an."
        case .unavailable:
            "Der Server ist gerade ausgelastet. Bitte versuchen Sie es in einigen Sekunden erneut."
        }
    }
}
