// swift-tools-version: 6.2
import PackageDescription

// The architecture. A room may import the rooms above it, never one below; what a target does not list
// here, the compiler does not let it see.

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

/// One room of the house.
func room(_ name: String, _ imports: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: imports, swiftSettings: strict)
}

/// The tests of one room; recorded inputs lie beside them in `Fixtures` and are read where they lie.
func tests(of name: String, and more: [Target.Dependency] = [], hasFixtures: Bool = false) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.byName(name: name)] + more,
        exclude: hasFixtures ? ["Fixtures"] : [],
        swiftSettings: strict)
}

let package = Package(
    name: "bootmend",
    products: [.executable(name: "bootmend", targets: ["bootmend"])],
    dependencies: [.package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")],
    targets: [
        // The C libraries.
        .systemLibrary(name: "CBlkid", pkgConfig: "blkid", providers: [.apt(["libblkid-dev"])]),
        .systemLibrary(name: "CMount", pkgConfig: "mount", providers: [.apt(["libmount-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CLzma", pkgConfig: "liblzma", providers: [.apt(["liblzma-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CLz4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
        .systemLibrary(name: "CBzip2", providers: [.apt(["libbz2-dev"])]),
        .target(name: "CLinux"),

        // The rooms, from the ground up.
        room("Bytes", []),
        room("LibBlkid", ["CBlkid"]),
        room("LibMount", ["CMount"]),
        room("Machine", ["CLinux", "Bytes"]),
        room("Storage", ["CLinux", "Bytes", "LibBlkid", "Machine"]),
        room("BootFiles", ["Bytes", "LibMount", "Machine", "CZlib", "CLzma", "CZstd", "CLz4", "CBzip2"]),
        room("Distributions", ["Machine", "BootFiles"]),
        room("Sysimage", ["CLinux", "LibMount", "Machine", "Storage", "BootFiles"]),
        room(
            "Surveying",
            ["CLinux", "Bytes", "LibMount", "Machine", "Storage", "BootFiles", "Distributions", "Sysimage"]),
        room("Changes", ["Machine"]),
        room(
            "Diagnosing",
            ["Bytes", "LibMount", "Machine", "Storage", "BootFiles", "Distributions", "Surveying", "Changes"]),
        room("Repair", ["CLinux", "Bytes", "Machine", "Storage", "BootFiles", "Sysimage", "Changes"]),
        room("Report", ["Machine", "Storage", "BootFiles", "Surveying", "Changes", "Diagnosing"]),
        .executableTarget(
            name: "bootmend",
            dependencies: [
                "CLinux", "Machine", "Storage", "BootFiles", "Distributions", "Sysimage", "Surveying",
                "Changes",
                "Diagnosing", "Repair", "Report",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        // What tests of several rooms are made with.
        .target(
            name: "TestFiles", dependencies: ["Bytes", "Machine"], path: "Tests/TestFiles",
            swiftSettings: strict),
        tests(of: "Bytes"),
        tests(of: "LibBlkid", and: ["TestFiles"], hasFixtures: true),
        tests(of: "LibMount"),
        tests(of: "Machine", and: ["CLinux", "TestFiles"]),
        tests(of: "Storage", and: ["Bytes", "Machine", "TestFiles"], hasFixtures: true),
        tests(of: "BootFiles", and: ["Machine", "Bytes", "TestFiles"], hasFixtures: true),
        tests(of: "Distributions", and: ["BootFiles", "Machine"]),
        tests(of: "Sysimage", and: ["Machine", "Storage", "TestFiles"]),
        // Needs root and mounts of its own; skipped, with the reason, where it has not got them.
        .testTarget(
            name: "LoopTests",
            dependencies: ["LibMount", "Machine", "Storage", "Sysimage", "Surveying", "Repair", "TestFiles"],
            swiftSettings: strict),
        tests(
            of: "Surveying", and: ["LibMount", "Storage", "BootFiles", "Machine", "TestFiles"],
            hasFixtures: true),
        tests(of: "Changes", and: ["Machine"]),
        tests(
            of: "Diagnosing", and: ["Surveying", "Storage", "BootFiles", "Machine", "Changes", "Report"],
            hasFixtures: true),
        tests(of: "Repair", and: ["Changes", "Machine", "Storage", "Surveying", "Sysimage", "TestFiles"]),
        tests(
            of: "Report", and: ["Diagnosing", "Surveying", "Changes", "Machine", "Storage", "BootFiles"],
            hasFixtures: true),
    ]
)

// Every parser under libFuzzer. Only scripts/fuzz asks for it; no other build sees it.
if Context.environment["BOOTMEND_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "Fuzzing",
            dependencies: [
                "Bytes", "LibMount", "Machine", "Storage", "BootFiles", "Sysimage", "Surveying", "Changes",
                "Diagnosing", "Report",
            ],
            path: "scripts/fuzz.d", exclude: ["seeds.py"], swiftSettings: strict))
}
