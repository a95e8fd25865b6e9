// swift-tools-version: 6.0
// The iOS app without its Xcode target: the generated binding, the view models and the screens. On Apple platforms
// the native library comes as an XCFramework; on Linux as a shared library that `cargo xtask swift` names, and a
// stand-in for SwiftUI lets the compiler check the screens.
import PackageDescription

let strict: [SwiftSetting] = [.swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny")]

#if os(Linux)
    let native: Target = .systemLibrary(name: "TekramFFI", path: "TekramFFI")
    let standIns: [Target] = [
        .target(name: "UniformTypeIdentifiers", path: "UniformTypeIdentifiersStub"),
        .target(name: "SwiftUI", dependencies: ["UniformTypeIdentifiers"], path: "SwiftUIStub"),
    ]
    let apples: [Target.Dependency] = ["SwiftUI", "UniformTypeIdentifiers"]
#else
    let native: Target = .binaryTarget(name: "TekramFFI", path: "TekramFFI/TekramFFI.xcframework")
    let standIns: [Target] = []
    let apples: [Target.Dependency] = []
#endif

let package = Package(
    name: "Tekram",
    defaultLocalization: "en",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [
        .library(name: "TekramKit", targets: ["TekramKit"]),
        .library(name: "TekramUI", targets: ["TekramUI"]),
    ],
    targets: standIns + [
        native,
        // Generated: its settings are the generator's, not ours.
        .target(name: "TekramCore", dependencies: ["TekramFFI"], path: "TekramCore"),
        .target(name: "TekramKit", dependencies: ["TekramCore"], path: "TekramKit", swiftSettings: strict),
        .target(
            name: "TekramUI", dependencies: ["TekramKit"] + apples, path: "TekramUI",
            // The app and its extensions take the catalogue themselves: words are looked up in the main bundle.
            exclude: ["Resources"], swiftSettings: strict),
        .testTarget(
            name: "TekramKitTests", dependencies: ["TekramKit"], path: "Tests/TekramKitTests", swiftSettings: strict),
    ]
)
