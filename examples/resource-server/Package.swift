// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "resource-server",
    dependencies: [.package(name: "martlet", path: "../..")],
    targets: [
        .executableTarget(
            name: "Contracts",
            dependencies: [
                .product(name: "ResourceServer", package: "martlet"),
                .product(name: "HTTPServer", package: "martlet"),
            ])
    ]
)
