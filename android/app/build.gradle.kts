// The app. Its native library comes from `cargo xtask android`, which puts one for each processor into generated/jniLibs of `binding`.
plugins {
    alias(libs.plugins.android.application)
    alias(libs.plugins.kotlin.android)
    alias(libs.plugins.kotlin.compose)
}

android {
    namespace = "tekram.app"
    compileSdk = libs.versions.compileSdk.get().toInt()
    defaultConfig {
        applicationId = "tekram.app"
        minSdk = libs.versions.minSdk.get().toInt()
        targetSdk = libs.versions.targetSdk.get().toInt()
        versionCode = 1
        versionName = "0.1.0"
        testInstrumentationRunner = "androidx.test.runner.AndroidJUnitRunner"
        testInstrumentationRunnerArguments["clearPackageData"] = "true"
    }
    // `open` has every payment method; `strict` leaves out what a store's rules forbid (src/strict/res/values/edition.xml).
    flavorDimensions += "store"
    productFlavors {
        create("open") {
            dimension = "store"
            isDefault = true
        }
        create("strict") { dimension = "store" }
    }
    // Each story begins with an app that was never opened.
    testOptions { execution = "ANDROIDX_TEST_ORCHESTRATOR" }
    sourceSets["androidTest"].kotlin.srcDir("src/stories/kotlin")
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
    buildFeatures { compose = true }
    buildTypes {
        release {
            isMinifyEnabled = true
            isShrinkResources = true
            proguardFiles(getDefaultProguardFile("proguard-android-optimize.txt"), "keep.pro")
        }
    }
    // Every language stays in: each can be chosen for this app alone.
    bundle { language { enableSplit = false } }
}

kotlin { jvmToolchain(17) }

dependencies {
    implementation(project(":ui"))
    implementation(project(":platform"))
    implementation(libs.activity.compose)
    implementation(libs.core)
    implementation(libs.coroutines.android)
    androidTestImplementation(libs.test.runner)
    androidTestImplementation(libs.kotlin.test.junit)
    androidTestUtil(libs.test.orchestrator)
}
