#!/usr/bin/env bash
# 200 commands at once on one store: every bundle verifies, the log has no gap.
#
# usage: many.sh BIN
set -euo pipefail
ctl=$(cd "${1:?usage: many.sh BIN}" && pwd)/sourceosctl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state

seq 200 | xargs -P 200 -I {} "$ctl" evidence collect --preset minimal --note "run {}" --jobs 1 --quiet >/dev/null
"$ctl" evidence log verify
count=$("$ctl" evidence list --all --json | grep -o '"id"' | wc -l)
[ "$count" -eq 200 ] || { echo "FAILED: expected 200 bundles, there are $count" >&2; exit 1; }
"$ctl" evidence list --all --json | grep -oE 'sha256:[0-9a-f]{64}' | sort -u | xargs "$ctl" evidence verify --jobs 2 >"$work/verdicts"
"$ctl" evidence fsck >/dev/null
echo "200 commands at once: all bundles verify, the log has no gap"
