# Sourced by the tests that need a real Podman, systemd and journal: runs the test once more inside a
# host of its own, which tests/support/real-host sets up for it, and ends with its exit status. There
# BIN is another directory; what the test writes to BIN/exports is judged afterwards.
#
# usage: on_real_host USER BIN SCRIPT [ARGUMENT...]
#   REAL_HOST_DIR      where the host is; a test names one of its own
#   REAL_HOST_PACKAGES what it needs beside Podman and systemd
#   REAL_HOST_FILE     a file or directory that it needs in BIN beside the program
on_real_host() {
  local user=$1 bin=$2 script=$3 here support stage
  shift 3
  here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
  support=$here/../support
  if [ "$(id -u)" -ne 0 ]; then
    echo "SKIPPED: only root can set up a real host" >&2
    exit 77
  fi
  if ! "$support/real-host" up --user "$user" >/dev/null 2>&1; then
    # shellcheck disable=SC2086
    "$support/real-host" install ${REAL_HOST_PACKAGES-}
    "$support/real-host" up --user "$user" >/dev/null
  fi
  # Program and test, where that user can read them.
  bin=$(cd "$bin" && pwd)
  stage=$(mktemp -d /tmp/on-real-host.XXXXXX)
  # shellcheck disable=SC2064
  trap "'$support/real-host' down --user '$user'; rm -rf '$stage'" EXIT
  chmod 755 "$stage"
  cp "$bin/sourceos" "$stage/sourceosctl"
  ln "$stage/sourceosctl" "$stage/sourceos-agent"
  ln "$stage/sourceosctl" "$stage/sourceos"
  cp "$here"/*.sh "$stage/"
  [ -z "${REAL_HOST_FILE-}" ] || cp -R "$REAL_HOST_FILE" "$stage/"
  mkdir -m 777 "$stage/exports"
  cd "$stage" || exit  # a clone in root's home is closed to that user, and Podman wants its directory
  "$support/real-host" image --user "$user"
  "$support/real-host" exec --user "$user" -- bash "$stage/$script" "$stage" "$@"
  [ -z "$(ls "$stage/exports")" ] || "$here/check_exports.sh" "$stage/exports"
  exit
}
