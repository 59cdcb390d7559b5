// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target is built alike: Swift 6 mode, explicit existentials and imports, no warning tolerated.
let house: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// A module of the house: `imports` are its only arrows (HOUSE in docs/architecture.md).
func module(_ name: String, imports: [String], resources: [Resource] = []) -> Target {
    .target(
        name: name, dependencies: imports.map { .byName(name: $0) }, resources: resources, swiftSettings: house)
}

/// One test target a module, named after it.
func tests(of name: String, imports: [String] = [], exclude: [String] = [], resources: [Resource] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: ([name] + imports).map { .byName(name: $0) },
        exclude: exclude, resources: resources, swiftSettings: house)
}

/// The files of sql/ that the executable carries, in order; sql/Migrations.swift names them once more.
let migrations = [
    "0001_partitions",
    "0002_serving_rights",
    "0003_users",
    "0004_scopes",
    "0005_clients",
    "0006_client_secrets",
    "0007_sessions",
    "0008_grants",
    "0009_user_consents",
    "0010_authorization_requests",
    "0011_authorization_codes",
    "0012_access_tokens",
    "0013_refresh_tokens",
    "0014_signing_keys",
    "0015_outbox",
    "0016_webhooks",
    "0017_audit_logs",
    "0018_client_changes",
    "0019_bucket_defaults",
    "0020_names_before_buckets",
    "0021_partition_checks",
    "0022_event_patterns",
    "0023_device_authorizations",
    "0024_mail",
    "0025_account_links",
    "0029_factors",
    "0030_rate_limits",
    "0031_logout",
    "0034_consents",
    "0035_revocations",
    "0040_audit_chain",
    "0042_applications",
    "0043_application_limits",
    "0044_administrators",
    "0045_resent_links",
    "0046_owner_addresses",
]

/// The files of Sources/Delivery/Mail/Templates; EmbeddedTemplates.swift names them once more.
let mailTemplates =
    ["layout.html"]
    + [
        "verify-email", "reset-password", "account-exists", "password-changed", "email-changed", "factors-reset",
        "applications-wait", "application-approved", "application-refused",
    ].flatMap { kind in
        ["en", "de"].flatMap { language in ["\(kind).\(language).txt", "\(kind).\(language).html"] }
    }

let package = Package(
    name: "martlet",
    products: [
        .executable(name: "martlet", targets: ["martlet"]),
        /// The provider's decisions and its ports; JOSE and Crypto, of which the ports speak.
        .library(name: "Provider", targets: ["Provider", "JOSE", "Crypto"]),
        /// The provider as requests and answers: `Routes.respond(to:)`.
        .library(name: "Web", targets: ["Web", "HTTP"]),
        /// What a provider needs beside its stores.
        .library(name: "Assembly", targets: ["Assembly"]),
        /// The provider's ports in PostgreSQL, for those who bring no stores of their own.
        .library(name: "Storage", targets: ["Storage", "Postgres", "EventLoop"]),
        /// Guards the routes of a service.
        .library(name: "ResourceServer", targets: ["ResourceServer", "HTTP", "JOSE"]),
        /// Requests and answers over sockets, for programs without a server of their own.
        .library(name: "HTTPServer", targets: ["HTTPServer", "HTTP", "EventLoop", "TLS"]),
    ],
    targets: [
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "COpenSSL", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CLibPQ", providers: [.apt(["libpq-dev"])]),

        module("EventLoop", imports: ["CLinux"]),
        module("HTTP", imports: []),
        module("TLS", imports: ["COpenSSL"]),
        module("HTTPServer", imports: ["EventLoop", "HTTP", "TLS", "CLinux"]),
        module("HTTPClient", imports: ["EventLoop", "HTTP", "TLS", "CLinux"]),
        module("Crypto", imports: ["COpenSSL"]),
        module("JOSE", imports: ["Crypto"]),
        module("QRCode", imports: []),
        module("WebAuthn", imports: ["JOSE", "Crypto"]),
        module("Provider", imports: ["JOSE", "Crypto", "WebAuthn"]),
        module("Postgres", imports: ["CLibPQ", "CLinux", "EventLoop", "Migrations"]),
        module("Storage", imports: ["Provider", "JOSE", "Crypto", "Postgres", "EventLoop"]),
        module(
            "Web", imports: ["HTTP", "Provider", "JOSE", "Crypto", "QRCode"],
            resources: [
                .embedInCode("Pages/Assets/martlet.css"), .embedInCode("Pages/Assets/form-post.js"),
                .embedInCode("Pages/Assets/passkey.js"),
                .embedInCode("Pages/Assets/mark.svg"),
            ]),
        module("Names", imports: ["Provider"]),
        module(
            "Delivery", imports: ["Provider", "JOSE", "Crypto", "HTTP", "HTTPClient", "EventLoop", "CLinux"],
            resources: mailTemplates.map { .embedInCode("Mail/Templates/\($0)") }),
        module(
            "Assembly", imports: ["Provider", "JOSE", "Crypto", "Names", "Web", "Delivery", "HTTPClient", "EventLoop"]),
        module("ResourceServer", imports: ["JOSE", "Crypto", "HTTP", "HTTPClient"]),
        module("Configuration", imports: ["JOSE", "HTTP", "HTTPServer", "HTTPClient", "Provider"]),
        .target(
            name: "Migrations", path: "sql", resources: migrations.map { .embedInCode("\($0).sql") },
            swiftSettings: house),
        .executableTarget(
            name: "martlet",
            dependencies: [
                "EventLoop", "HTTP", "TLS", "HTTPServer", "HTTPClient", "Crypto", "JOSE", "Provider", "Postgres",
                "Storage", "Web", "Names", "Delivery", "CLinux", "Configuration", "Assembly",
            ],
            swiftSettings: house),

        /// Throw-away authorities and certificates for the tests that speak TLS.
        .target(
            name: "TestCertificates", dependencies: ["CLinux"], path: "Tests/TestCertificates", swiftSettings: house),
        /// Throw-away databases for the tests that want the whole schema.
        .target(
            name: "TestDatabases", dependencies: ["EventLoop", "Postgres", "Storage"], path: "Tests/TestDatabases",
            swiftSettings: house),
        tests(of: "EventLoop"),
        tests(of: "HTTP", exclude: ["Requests", "h11_differential.py"]),
        tests(of: "TLS", imports: ["TestCertificates"]),
        tests(of: "HTTPServer", imports: ["EventLoop", "HTTP", "TLS", "CLinux", "TestCertificates"]),
        tests(of: "HTTPClient", imports: ["EventLoop", "HTTP", "TLS", "HTTPServer", "TestCertificates"]),
        tests(of: "Crypto", resources: [.copy("Vectors")]),
        tests(of: "JOSE", imports: ["Crypto"], resources: [.copy("Vectors")]),
        tests(
            of: "WebAuthn", imports: ["JOSE", "Crypto"], exclude: ["vectors.py", "generator"],
            resources: [.copy("Vectors")]),
        tests(of: "QRCode", imports: ["Crypto"], resources: [.copy("Vectors")]),
        tests(of: "Provider", imports: ["JOSE", "Crypto", "Names"]),
        tests(of: "Postgres", imports: ["EventLoop", "TestDatabases"]),
        tests(of: "Storage", imports: ["Provider", "JOSE", "Crypto", "Postgres", "EventLoop", "TestDatabases"]),
        tests(
            of: "Web",
            imports: [
                "HTTP", "Provider", "JOSE", "Crypto", "Storage", "Postgres", "EventLoop", "Names", "TestDatabases",
            ]),
        tests(of: "Names", imports: ["Provider"], resources: [.copy("Vectors")]),
        tests(of: "Configuration", imports: ["JOSE", "HTTP", "HTTPServer", "HTTPClient", "Provider"]),
        tests(
            of: "Delivery",
            imports: [
                "Provider", "JOSE", "Crypto", "HTTP", "HTTPClient", "HTTPServer", "EventLoop", "TLS", "Storage",
                "Postgres", "Names", "TestCertificates", "TestDatabases",
            ],
            exclude: ["standard_webhooks_judge.py", "mail_judge.py"]),
        tests(of: "Assembly", imports: ["Provider", "Crypto"]),
        tests(
            of: "ResourceServer",
            imports: ["JOSE", "Crypto", "HTTP", "HTTPClient", "HTTPServer", "EventLoop", "TLS", "TestCertificates"]),
    ],
    swiftLanguageModes: [.v6]
)
