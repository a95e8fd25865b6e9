#!/usr/bin/env bash
# Type-checks a package for a phone in the Debian folder that folder.sh made, with the standard library built from source:
#   phone.sh TARGET ARGS-OF-CARGO...
#   PHONE_ROOT      the Debian folder
#   PHONE_PROJECT   the checkout, shown in it at its own path
#   PHONE_REGISTRY  cargo's registry, with everything fetched
#   PHONE_TARGET    where the result is kept
# The mounts live in a mount namespace of this command alone, so the kernel drops them when it ends, however it ends.
set -euo pipefail
PROJECT=$(realpath "$PHONE_PROJECT")
case "$PROJECT" in
  /|"$PHONE_ROOT"|"$PHONE_ROOT"/*|/usr*|/etc*|/var|/proc*|/dev*) echo "will not mount $PROJECT" >&2; exit 2;;
esac
mkdir -p "$PHONE_TARGET"
exec unshare --mount --propagation private bash -euc '
  root=$1 project=$2 registry=$3 target=$4 triple=$5; shift 5
  mkdir -p "$root$project" "$root/root/.cargo/registry" "$root/phone-target" "$root/phone-sdk"
  mount --bind /proc "$root/proc"; mount --rbind /dev "$root/dev"
  mount --bind "$project" "$root$project"
  mount --bind "$registry" "$root/root/.cargo/registry"
  mount --bind "$target" "$root/phone-target"
  # What the standard library is made of is fetched once, over the network as this machine has it.
  cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
  mkdir -p "$root/etc/ssl/certs"
  cp -L "${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}" "$root/etc/ssl/certs/ca-certificates.crt"
  # Checking links nothing, so the C compiler and the archiver may do nothing, and OpenSSL need not be built: what its
  # build would say is said here. Nightly switches of a released compiler build the standard library from source.
  under=$(echo "$triple" | tr - _)
  exec env -i PATH=/usr/bin:/bin:/usr/sbin:/sbin HOME=/root LANG=C.UTF-8 TERM="${TERM:-dumb}" \
    RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=/phone-target \
    "CC_$under=/bin/true" "AR_$under=/bin/true" "RANLIB_$under=/bin/true" \
    SDKROOT=/phone-sdk IPHONEOS_DEPLOYMENT_TARGET=17.0 \
    chroot "$root" sh -c "cd \"\$1\" && shift && exec cargo \"\$@\"" _ "$project" \
    check -Zbuild-std=std,panic_abort --target "$triple" \
    --config "target.$triple.openssl.rustc-link-lib=[]" \
    --config "target.$triple.openssl.include=\"/phone-sdk\"" \
    --config "target.$triple.openssl.version_number=\"30000000\"" "$@"
' _ "$PHONE_ROOT" "$PROJECT" "$PHONE_REGISTRY" "$PHONE_TARGET" "$@"
