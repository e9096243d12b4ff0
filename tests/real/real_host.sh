#!/usr/bin/env bash
# The collectors against a real Podman and systemd, which tests/support/real-host sets up for this
# run alone.
#
# usage: real_host.sh BIN
set -euo pipefail
bin=$(cd "${1:?usage: real_host.sh BIN}" && pwd)
support=$(cd "$(dirname "$0")/../support" && pwd)
export REAL_HOST_DIR=${REAL_HOST_DIR:-/var/lib/real-host-collect}

if [ "$(id -u)" -ne 0 ]; then
  echo "SKIPPED: only root can set up a real host" >&2
  exit 77
fi
if ! "$support/real-host" up >/dev/null 2>&1; then
  "$support/real-host" install
  "$support/real-host" up >/dev/null
fi
trap '"$support/real-host" down' EXIT
"$support/real-host" image
"$support/real-host" exec -- "$bin/tests/real/test_real_host"
