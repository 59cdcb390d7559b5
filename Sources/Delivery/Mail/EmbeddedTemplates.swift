/// The files of `Templates/` as the executable carries them.
extension MailTemplates {
    static let embedded: [String: [UInt8]] = [
        "layout.html": PackageResources.layout_html,
        "verify-email.en.txt": PackageResources.verify_email_en_txt,
        "verify-email.en.html": PackageResources.verify_email_en_html,
        "verify-email.de.txt": PackageResources.verify_email_de_txt,
        "verify-email.de.html": PackageResources.verify_email_de_html,
        "reset-password.en.txt": PackageResources.reset_password_en_txt,
        "reset-password.en.html": PackageResources.reset_password_en_html,
        "reset-password.de.txt": PackageResources.reset_password_de_txt,
        "reset-password.de.html": PackageResources.reset_password_de_html,
        "account-exists.en.txt": PackageResources.account_exists_en_txt,
        "account-exists.en.html": PackageResources.account_exists_en_html,
        "account-exists.de.txt": PackageResources.account_exists_de_txt,
        "account-exists.de.html": PackageResources.account_exists_de_html,
        "password-changed.en.txt": PackageResources.password_changed_en_txt,
        "password-changed.en.html": PackageResources.password_changed_en_html,
        "password-changed.de.txt": PackageResources.password_changed_de_txt,
        "password-changed.de.html": PackageResources.password_changed_de_html,
        "email-changed.en.txt": PackageResources.email_changed_en_txt,
        "email-changed.en.html": PackageResources.email_changed_en_html,
        "email-changed.de.txt": PackageResources.email_changed_de_txt,
        "email-changed.de.html": PackageResources.email_changed_de_html,
    ]
}
