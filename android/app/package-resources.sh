#!/bin/sh
# Packages the app's resources for the tests on this machine and for the check of the whole APK, with Debian's aapt:
#   package-resources.sh TARGET ANDROIDX_TARGET OUT.apk
# leaves R classes in TARGET/r-classes. That aapt knows the framework up to API 29, so attributes that came later are taken
# out of a copy first; the manifest's own test reads the original. Android Studio and Gradle use neither.
set -eu
target=$1 androidx=$2 out=$3
framework=/usr/share/android-framework-res/framework-res.apk
command -v aapt > /dev/null && [ -f "$framework" ] || {
    echo "The app's tests need aapt and Android's framework resources: apt-get install aapt android-framework-res" >&2
    exit 1
}
later='dataExtractionRules|enableOnBackInvokedCallback|localeConfig|targetCellWidth|targetCellHeight|previewLayout|hasFragileUserData|foregroundServiceType'
# Inputs that did not change need no second run.
now=$(find src/main/AndroidManifest.xml src/main/res ../ui/src/main/res package-resources.sh -type f -print0 | sort -z | xargs -0 cksum | cksum; cat "$androidx/apart")
if [ -f "$target/resources-made" ] && [ -f "$out" ] && [ "$(cat "$target/resources-made")" = "$now" ]; then exit 0; fi
rm -rf "$target/res" "$target/r-sources" "$target/r-classes"
mkdir -p "$target/res" "$target/r-sources" "$target/r-classes"
strip='s#[[:space:]]android:('$later')="[^"]*"##g'
# Gradle adds name and version by itself and does not want to find them here.
named='s#<manifest #<manifest package="tekram.app" android:versionCode="1" android:versionName="0.1.0" #'
sed -E "$strip; $named; s#^    <application#    <uses-sdk android:minSdkVersion=\"30\" android:targetSdkVersion=\"35\" />\n    <application#" \
    src/main/AndroidManifest.xml > "$target/AndroidManifest.xml"
cp -r src/main/res "$target/res/app"
cp -r ../ui/src/main/res "$target/res/ui"
sets="-S $target/res/app -S $target/res/ui"
packages=
for library in "$androidx"/aar/*; do
    name=$(basename "$library")
    if [ -d "$library/res" ] && [ -n "$(find "$library/res" -type f | head -n 1)" ]; then
        cp -r "$library/res" "$target/res/$name"
        sets="$sets -S $target/res/$name"
    fi
    if [ -s "$library/R.txt" ]; then
        packages="$packages:$(grep -o 'package="[^"]*' "$library/AndroidManifest.xml" | head -n 1 | cut -d'"' -f2)"
    fi
done
# aapt 1 wants ids as items, and does not know attributes of later frameworks in the libraries either.
find "$target/res" -name '*.xml' -exec sed -i -E 's#<id name="([^"]*)" */>#<item type="id" name="\1"/>#g; s#<attr name="android:lStar"[^>]*/>##g; '"$strip" {} +
aapt package -f -m -J "$target/r-sources" -M "$target/AndroidManifest.xml" --auto-add-overlay --extra-packages "${packages#:}" \
    $sets -I "$framework" --min-sdk-version 30 --target-sdk-version 35 -F "$out"
find "$target/r-sources" -name R.java > "$target/r-sources/list"
javac -nowarn --release 17 -d "$target/r-classes" @"$target/r-sources/list"
printf '%s' "$now" > "$target/resources-made"
