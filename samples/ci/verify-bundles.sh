#!/usr/bin/env bash
# Verifies every bundle of a directory against a trust file and a policy, for a CI job.
#
# usage: verify-bundles.sh DIRECTORY TRUST ROOT POLICY [JUNIT]
#   DIRECTORY  holds *.evidence.tar
#   TRUST      trust file; take it from the protected branch
#   ROOT       sha256:... fingerprint of its root keys, kept outside of the repository
#   POLICY     policy file; take it from the protected branch
#   JUNIT      where the result goes as JUnit XML
#
# Exit code: 0 all verified, 1 one is not, 2 usage or nothing to verify, 4 one could not be read.
set -euo pipefail
[[ $# -ge 4 ]] || { sed -n '4,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
directory=$1 trust=$2 root=$3 policy=$4 junit=${5:-}
sourceosctl=${SOURCEOSCTL:-sourceosctl}

shopt -s nullglob
bundles=("$directory"/*.evidence.tar)
if [[ ${#bundles[@]} -eq 0 ]]; then
  echo "no *.evidence.tar in $directory: a missing bundle is no good bundle" >&2
  exit 2
fi

judge=("$sourceosctl" evidence verify "${bundles[@]}"
  --trust "$trust" --trust-root "$root" --policy "$policy" --no-memory)
if [[ -n $junit ]]; then
  "${judge[@]}" --junit >"$junit" || status=$?
  echo "wrote $junit"
  exit "${status:-0}"
fi
"${judge[@]}"
