#!/usr/bin/env bash
# Makes a Debian 13 folder with a Rust compiler and the standard library's source, because the project's toolchain has
# no standard library for phones. A finished folder is left alone; a half-made one is thrown away and made again.
#   PHONE_ROOT   where it is
set -euo pipefail
ROOT=$PHONE_ROOT
MARK="$ROOT/.phone-env-1"

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
sed 's/ trixie main$/ trixie-backports main/' "$ROOT/etc/apt/sources.list" >"$ROOT/etc/apt/sources.list.d/backports.list"
printf 'APT::Install-Recommends "0";\nAPT::Install-Suggests "0";\n' >"$ROOT/etc/apt/apt.conf.d/90min"
# No documents, manuals and translations: dpkg drops them while unpacking.
printf 'path-exclude=/usr/share/%s/*\n' doc man locale >"$ROOT/etc/dpkg/dpkg.cfg.d/90min"
unshare --mount --propagation private bash -euc '
  root=$1; shift
  mount --bind /proc "$root/proc"; mount --bind /dev "$root/dev"
  cp -L /etc/resolv.conf "$root/etc/resolv.conf"; cp -L /etc/hosts "$root/etc/hosts"
  chroot "$root" apt-get update -qq
  chroot "$root" apt-get install -y -qq --no-install-recommends -t trixie-backports "$@"
  chroot "$root" apt-get clean
' _ "$ROOT" rustc cargo rust-src libc6-dev >>"$ROOT.log" 2>&1 ||
  { tail -n 20 "$ROOT.log" >&2; exit 1; }
rm -rf "$ROOT"/var/lib/apt/lists/*
touch "$MARK"
