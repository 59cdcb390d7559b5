internal import Provider

/// Accounts and their mail.
extension GivenSettings {
    func isSignUpOpen() throws(ConfigurationError) -> Bool {
        let given = try required(.signUp)
        guard given.text == "on" || given.text == "off" else { throw ConfigurationError(given, "must be on or off") }
        return given.text == "on"
    }

    func mail(of issuer: Issuer) throws(ConfigurationError) -> Deployment.MailChoice {
        if let program = self[.sendmail], !program.text.hasPrefix("/") || program.text.utf8.contains(0) {
            throw ConfigurationError(program, "must be the absolute path of a program; it gets no arguments from here")
        }
        if self[.mailTemplates] != nil { _ = try text(.mailTemplates) }
        return Deployment.MailChoice(
            program: self[.sendmail]?.text, sender: try sender(issuer), templates: self[.mailTemplates]?.text)
    }

    /// Without one, an address at the issuer's host that nobody reads; mail has no addresses of mere numbers.
    private func sender(_ issuer: Issuer) throws(ConfigurationError) -> MailSender {
        if let given = self[.mailFrom] {
            guard let sender = MailSender(given.text) else {
                throw ConfigurationError(given, "must be an e-mail address, or a name and an address as Name <address>")
            }
            return sender
        }
        let host = issuer.host
        let isName = host.utf8.contains { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A } && !host.contains(":")
        guard let address = EmailAddress("no-reply@" + (isName ? host : "localhost")) else {
            throw ConfigurationError("\(Setting.mailFrom.variable) is needed: mail cannot be from the issuer's host.")
        }
        return MailSender(name: nil, address: address)
    }
}
