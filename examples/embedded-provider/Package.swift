// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "embedded-provider",
    dependencies: [.package(name: "martlet", path: "../..")],
    targets: [
        /// The whole shop, without a socket.
        .target(
            name: "Shop",
            dependencies: [
                .product(name: "Provider", package: "martlet"),
                .product(name: "Web", package: "martlet"),
                .product(name: "Assembly", package: "martlet"),
                .product(name: "Storage", package: "martlet"),
                .product(name: "ResourceServer", package: "martlet"),
            ]),
        /// The shop on a port.
        .executableTarget(
            name: "ShopServer", dependencies: ["Shop", .product(name: "HTTPServer", package: "martlet")]),
        .testTarget(name: "ShopTests", dependencies: ["Shop"]),
    ]
)
