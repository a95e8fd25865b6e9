// For Android Studio and releases; Maven builds the same sources on any machine. Not verified on the machine this was
// written on: see docs/on-device.md.
pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
}

dependencyResolutionManagement {
    repositoriesMode.set(RepositoriesMode.FAIL_ON_PROJECT_REPOS)
    repositories {
        google()
        mavenCentral()
    }
}

rootProject.name = "tekram"
include(":binding", ":ui", ":platform", ":app")
