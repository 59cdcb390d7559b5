import HTTP
import JOSE
import Provider

extension Operation.Group {
    /// Pages, in short: people meet them, programs have no business there.
    static let pages = Operation.Group(
        name: "Pages",
        words:
            "For people in a browser. Forms have hidden fields that tie them to it; what is posted without is asked again.",
        operations: [
            Operation(.get, "/", "showStart", "What this server is", answers: [.page("The page.")]),
            Operation(
                .get, "/errors/{code}", "showError", "What an error code means",
                parameters: [.path("code", .among(OAuthError.Code.self), "The code.")], answers: [.page("The page.")],
                codes: [.notFound]),
            Operation(
                .get, "/login", "showLogin", "Log in", parameters: [.query("request", .string, "The waiting request.")],
                answers: [.page("The form."), .redirect("Logged in already."), over]),
            Operation(
                .post, "/login", "submitLogin", "Log in", body: form(["username", "password", "action"]),
                answers: [.redirect("On to what was asked for."), .page("The form again, or the second step."), over],
                codes: [.tooManyRequests]),
            Operation(
                .get, "/consent", "showConsent", "Allow a client what it asks for",
                parameters: [.query("request", .string, "The waiting request.")],
                answers: [.page("The question."), .redirect("Not due."), over]),
            Operation(
                .post, "/consent", "submitConsent", "Allow or deny", body: form(["decision", "scope"]),
                answers: [.redirect("To the client."), .page("The question again, or the answer as a form."), over]),
            Operation(
                .get, "/device", "showDevice", "Connect a device",
                parameters: [.query("user_code", .string, "What the device shows.")],
                answers: [.page("The form, or the question."), .redirect("To the login.")],
                codes: [.notFound, .tooManyRequests]),
            Operation(
                .post, "/device", "submitDevice", "Allow or deny", body: form(["user_code", "decision", "scope"]),
                answers: [.page("What became of it."), .redirect("To the login.")],
                codes: [.notFound, .tooManyRequests]),
            Operation(
                .get, "/account", "showAccount", "The user's own account",
                parameters: [
                    .query("section", .string, "One of the sections."), .query("done", .string, "What was done."),
                ],
                answers: [.page("The page."), .redirect("To the login.")]),
            Operation(
                .post, "/account", "submitAccount", "Change something of the account",
                body: form(["section", "action"]),
                answers: [.page("The page again."), .redirect("Done, or to the login.")], codes: [.tooManyRequests]),
            Operation(
                .get, "/signup", "showSignUp", "Make an account",
                parameters: [
                    .query("request", .string, "The waiting request."), .query("done", .string, "What was done."),
                ], answers: [.page("The form.")]),
            Operation(
                .post, "/signup", "submitSignUp", "Make an account", body: form(["username", "email", "password"]),
                answers: [.redirect("Made."), .page("The form again.")], codes: [.conflict, .tooManyRequests]),
            Operation(
                .get, "/reset-password", "showResetPassword", "Set a new password by a link",
                parameters: [.query("token", .string, "The link's.")], answers: [.page("The form."), over]),
            Operation(
                .post, "/reset-password", "submitResetPassword", "Ask for a link, or set the password",
                body: form(["username", "password"]), answers: [.redirect("Done."), .page("The form again."), over],
                codes: [.tooManyRequests]),
            Operation(
                .get, "/verify-email", "showVerifyEmail", "Confirm an e-mail address by a link",
                parameters: [.query("token", .string, "The link's.")], answers: [.page("The form."), over]),
            Operation(
                .post, "/verify-email", "submitVerifyEmail", "Ask for a link, or confirm", body: form(["email"]),
                answers: [.redirect("Done."), .page("The form again."), over], codes: [.tooManyRequests]),
        ] + ofApplications)

    /// Who is not signed in goes to the login first, whatever stands here.
    private static let anyApplication = Operation.Parameter.path("applicationId", .string, "As the list links to it.")

    private static let ofApplications = [
        Operation(
            .get, "/applications/new", "showApplicationForm", "Ask for a client",
            parameters: [.query("sent", .string, "It was sent.")], answers: [.page("The form.")]),
        Operation(
            .post, "/applications/new", "submitApplication", "Ask for a client",
            body: form(["name", "description", "type", "grant_type", "redirect_uris", "scope", "resources", "email"]),
            answers: [.redirect("Taken down."), .page("The form again.")]),
        Operation(
            .get, "/applications/credentials", "showCollection", "Collect credentials by a mailed link",
            parameters: [.query("token", .string, "The link's.")], answers: [.page("The question."), over]),
        Operation(
            .post, "/applications/credentials", "collectCredentials", "Collect credentials, once",
            body: form(["token"]), answers: [.page("The credentials."), over]),
        Operation(
            .get, "/applications", "showApplications", "Applications, for administrators",
            parameters: [
                .query("show", .string, "`all`: decided ones, too."), .query("cursor", .string, "The next page."),
            ], answers: [.page("The list."), .redirect("To the login.")], codes: [.insufficientScope]),
        Operation(
            .get, "/applications/{applicationId}", "showApplication", "One application, for administrators",
            parameters: [anyApplication, .query("late", .string, "Somebody was faster.")],
            answers: [.page("The page."), .redirect("To the login.")], codes: [.insufficientScope, .notFound]),
        Operation(
            .post, "/applications/{applicationId}", "decideApplication", "Approve or refuse",
            parameters: [anyApplication], body: form(["decision", "reason"]),
            answers: [.redirect("Done, or to the login."), .page("The page again.")],
            codes: [.insufficientScope, .notFound]),
    ]

    /// What a form of a page has, beside its hidden fields.
    private static func form(_ names: [String]) -> Operation.Body {
        Operation.Body(
            .object(names.map { .optional($0, .string) }), example: .object(JSONObject(names.map { ($0, "") })),
            isRequired: false)
    }

    private static let over = Operation.Answer.page("What was asked for is over.", .gone)
}
