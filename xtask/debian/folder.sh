#!/usr/bin/env bash
# Makes a Debian 13 folder with some of Debian's packages, because tools that few systems package (Swift, a standard
# library for phones) should be had on any. A finished folder is left alone; a half-made one is thrown away and made again.
#   folder.sh FOLDER MARK SUITE PACKAGES...
# MARK is the file that a finished folder holds; SUITE is trixie or trixie-backports.
set -euo pipefail
ROOT=$1 MARK=$1/$2 SUITE=$3
shift 3

mkdir -p "$(dirname "$ROOT")"
exec 9>"$ROOT.lock"; flock 9
[ ! -e "$MARK" ] || exit 0

# Never remove across a mount.
if grep -q " $ROOT/" /proc/self/mountinfo; then
  echo "something is still mounted under $ROOT" >&2; exit 1
fi
rm -rf --one-file-system "$ROOT"
export DEBIAN_FRONTEND=noninteractive
if ! command -v debootstrap >/dev/null; then
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends debootstrap >/dev/null
fi
# The mirror this machine is set up with: the first Debian archive named for apt.
MIRROR=$( { cat /etc/apt/sources.list.d/*.sources 2>/dev/null | sed -n 's/^URIs:[[:space:]]*//p'
            cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
              sed -nE 's/^deb[[:space:]]+(\[[^]]*\][[:space:]]+)?([^[:space:]]+).*/\2/p'; } |
          tr ' ' '\n' | grep -E '/debian/?$' | head -n1 || true)
debootstrap --variant=minbase trixie "$ROOT" ${MIRROR:+"$MIRROR"} >"$ROOT.log" 2>&1 ||
  { tail -n 20 "$ROOT.log" >&2; exit 1; }
if [ "$SUITE" != trixie ]; then
  sed "s/ trixie main\$/ $SUITE main/" "$ROOT/etc/apt/sources.list" >"$ROOT/etc/apt/sources.list.d/$SUITE.list"
fi
printf 'APT::Install-Recommends "0";\nAPT::Install-Suggests "0";\n' >"$ROOT/etc/apt/apt.conf.d/90min"
# No documents, manuals and translations: dpkg drops them while unpacking.
printf 'path-exclude=/usr/share/%s/*\n' doc man locale >"$ROOT/etc/dpkg/dpkg.cfg.d/90min"
unshare --mount --propagation private bash -euc '
  root=$1; suite=$2; shift 2
  mount --bind /proc "$root/proc"; mount --bind /dev "$root/dev"
  cp -L /etc/resolv.conf "$root/etc/resolv.conf"; cp -L /etc/hosts "$root/etc/hosts"
  chroot "$root" apt-get update -qq
  chroot "$root" apt-get install -y -qq --no-install-recommends -t "$suite" "$@"
  chroot "$root" apt-get clean
' _ "$ROOT" "$SUITE" "$@" >>"$ROOT.log" 2>&1 ||
  { tail -n 20 "$ROOT.log" >&2; exit 1; }
rm -rf "$ROOT"/var/lib/apt/lists/*
touch "$MARK"
