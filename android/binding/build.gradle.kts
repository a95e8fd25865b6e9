// The generated facade lies in generated/: `cargo xtask bindings` puts it there, `cargo xtask android` the libraries.
plugins {
    alias(libs.plugins.android.library)
    alias(libs.plugins.kotlin.android)
}

android {
    namespace = "tekram.binding"
    compileSdk = libs.versions.compileSdk.get().toInt()
    defaultConfig { minSdk = libs.versions.minSdk.get().toInt() }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
    sourceSets["main"].apply {
        kotlin.srcDir("generated")
        resources.srcDir("generated/resources")
        jniLibs.srcDir("generated/jniLibs")
    }
}

kotlin { jvmToolchain(17) }

dependencies {
    api(libs.coroutines.android)
    implementation(libs.jna) { artifact { type = "aar" } }
}
