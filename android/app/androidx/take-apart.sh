#!/bin/sh
# Takes the AARs in $1/aars apart: classes into $1/classes, everything else into $1/aar/NAME. Does nothing when that was
# done for these very files already.
set -eu
target=$1
now=$(cd "$target/aars" && cksum -- *.aar | cksum)
if [ -f "$target/apart" ] && [ "$(cat "$target/apart")" = "$now" ]; then exit 0; fi
rm -rf "$target/aar"
for aar in "$target"/aars/*.aar; do
    name=$(basename "$aar" .aar)
    mkdir -p "$target/aar/$name"
    unzip -q -o "$aar" -d "$target/aar/$name"
    unzip -q -o "$target/aar/$name/classes.jar" -d "$target/classes"
    rm "$target/aar/$name/classes.jar"
done
printf '%s' "$now" > "$target/apart"
