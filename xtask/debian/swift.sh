#!/usr/bin/env bash
# Runs a command of the Debian folder that folder.sh made, on the checkout, at the checkout's own path:  swift.sh CMD ARGS...
#   SWIFT_ROOT     the Debian folder
#   SWIFT_PROJECT  the folder to show in it
#   SWIFT_CWD      the folder under that to run in
#   SWIFT_LIBS     where the native library is
# The mounts live in a mount namespace of this command alone, so the kernel drops them when it ends, however it ends;
# runs side by side do not see each other's.
set -euo pipefail
PROJECT=$(realpath "$SWIFT_PROJECT")
CWD=$(realpath "$SWIFT_CWD")
case "$PROJECT" in
  /|"$SWIFT_ROOT"|"$SWIFT_ROOT"/*|/usr*|/etc*|/var|/proc*|/dev*) echo "will not mount $PROJECT" >&2; exit 2;;
esac
exec unshare --mount --propagation private bash -euc '
  root=$1 project=$2 cwd=$3; shift 3
  mkdir -p "$root$project"
  mount --bind /proc "$root/proc"; mount --rbind /dev "$root/dev"
  mount --bind "$project" "$root$project"
  exec env -i PATH=/usr/bin:/bin:/usr/sbin:/sbin HOME=/root LANG=C.UTF-8 TERM="${TERM:-dumb}" \
    LD_LIBRARY_PATH="/usr/libexec/swift/lib/swift/linux:$SWIFT_LIBS" \
    chroot "$root" sh -c "cd \"\$1\" && shift && exec \"\$@\"" _ "$cwd" "$@"
' _ "$SWIFT_ROOT" "$PROJECT" "$CWD" "$@"
