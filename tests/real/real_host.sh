#!/usr/bin/env bash
# The collectors against a real Podman and systemd, on a host that is set up for this run alone.
#
# usage: real_host.sh BIN
set -euo pipefail
bin=$(cd "${1:?usage: real_host.sh BIN}" && pwd)
export REAL_HOST_DIR=${REAL_HOST_DIR:-/var/lib/real-host-collect}
export REAL_HOST_FILE=$bin/tests/real/test_real_host
# shellcheck source=tests/real/on_real_host.sh
. "$(dirname "$0")/on_real_host.sh"
[ "${2-}" = inside ] || on_real_host root "$bin" real_host.sh inside

"$bin/test_real_host"
