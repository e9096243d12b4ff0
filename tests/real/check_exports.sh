#!/usr/bin/env bash
# Judges export directories by the takers' own schemas, where these lie beside the project and the
# outsiders' validator is installed; says so when they are not.
#
# usage: check_exports.sh DIR      each directory in DIR is one export
set -euo pipefail
exports=${1:?usage: check_exports.sh DIR}
outsiders=$(cd "$(dirname "$0")/../outsiders" && pwd)
contracts=$outsiders/../../../shared/contracts
count=0
for export in "$exports"/*/; do
  [ -f "$export/export-index.json" ] || { echo "FAILED: no index in $export" >&2; exit 1; }
  count=$((count + 1))
done
[ "$count" -gt 0 ] || { echo "FAILED: nothing was exported" >&2; exit 1; }
if [ ! -d "$contracts/agentplane" ]; then
  echo "$count exports; the takers' schemas are not here, nothing is compared with them"
  exit
fi
if ! command -v node >/dev/null || [ ! -d "$outsiders/node_modules/ajv" ]; then
  echo "$count exports; no independent validator is installed (npm ci in tests/outsiders)"
  exit
fi
for export in "$exports"/*/; do
  node "$outsiders/records_check.mjs" "$contracts" "$export" ||
    { echo "FAILED: $export does not fit the takers' schemas" >&2; exit 1; }
done
