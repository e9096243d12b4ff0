#!/usr/bin/env bash
# What the toolkit does, in one go: a bundle of this host, a bundle of a sample incident, both
# verified, a report page, and where everything is. All of it below build/demo.
#
# usage: demo.sh BIN      BIN: where the program was built
set -euo pipefail
cd "$(dirname "$0")/.."

ctl=$PWD/${1:?usage: demo.sh BIN}/sourceosctl
demo=$PWD/build/demo
rm -rf "$demo"
mkdir -p "$demo"
# The demo has keys and a store of its own.
export XDG_CONFIG_HOME=$demo/config XDG_STATE_HOME=$demo/state

step() { printf '\n== %s\n' "$*"; }
run() {
  printf '$ %s\n' "$(sed "s|$PWD/build/release/||g; s|$PWD/||g" <<<"$*")"
  "$@"
}

step "a bundle of this host"
run "$ctl" evidence collect --preset local-runtime
run "$ctl" evidence verify @last

step "a bundle of the sample incident"
samples/incidents/node-commander/make.sh "$demo/incident"
run "$ctl" evidence collect --plan "$demo/incident/plan.toml" --allow-path
run "$ctl" evidence verify @last
run "$ctl" evidence export @last --output "$demo/node-commander.evidence.tar"
run "$ctl" evidence report @last --output "$demo/report.html"

step "none of the planted secrets is in what was made"
leaks() { # NAME: standard input holds none of the secrets; a hit is named, never shown
  if grep -aqFf "$demo/incident/secrets.txt"; then
    echo "a planted secret was found in $1: this is a bug" >&2
    exit 1
  fi
}
tar -xOf "$demo/node-commander.evidence.tar" | leaks "the export"
leaks "the report" <"$demo/report.html"
for blob in "$demo"/state/sourceos/evidence/blobs/sha256/*; do
  { zstd -dcq "$blob" 2>/dev/null || cat "$blob"; } | leaks "$blob"
done
echo "searched store, export and report for $(wc -l <"$demo/incident/secrets.txt") secrets: none is there"

step "where things are"
cat <<EOF
store   build/demo/state/sourceos/evidence
bundle  build/demo/node-commander.evidence.tar
report  build/demo/report.html   (open it in a browser; it needs no network)
next    XDG_CONFIG_HOME=build/demo/config XDG_STATE_HOME=build/demo/state build/release/sourceosctl evidence show @last
EOF
