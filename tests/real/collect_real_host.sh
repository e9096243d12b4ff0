#!/usr/bin/env bash
# A bundle of a real host: the program collects a failed unit, its journal and a container, and the
# bundle verifies and holds them, with the planted secret masked everywhere.
#
# usage: collect_real_host.sh BIN
set -euo pipefail
bin=$(cd "${1:?usage: collect_real_host.sh BIN}" && pwd)
export REAL_HOST_DIR=${REAL_HOST_DIR:-/var/lib/real-host-bundle}
# shellcheck source=tests/real/on_real_host.sh
. "$(dirname "$0")/on_real_host.sh"
[ "${2-}" = inside ] || on_real_host root "$bin" collect_real_host.sh inside

ctl=$bin/sourceosctl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# In pieces, so that this file holds nothing that looks like a token.
secret="gh""p_$(LC_ALL=C tr -dc 'A-Za-z0-9' </dev/urandom | head -c 36 || true)"

units=$HOME/.config/systemd/user
mkdir -p "$units"
# It lives for a moment: of a process that is gone journald cannot tell the unit.
cat >"$units/bundle-demo.service" <<EOT
[Unit]
Description=Bundle demo
[Service]
Environment=DEMO_TOKEN=$secret
ExecStart=/bin/sh -c 'echo "demo starts with token $secret"; sleep 1; exit 3'
EOT
systemctl --user daemon-reload
systemctl --user start bundle-demo.service
for _ in $(seq 100); do
  [ "$(systemctl --user show --property=ActiveState --value bundle-demo.service)" = failed ] && break
  sleep 0.1
done
# `journalctl --sync` does not wait for what journald has not yet read from a unit's output.
for _ in $(seq 100); do
  journalctl --sync
  journalctl --user-unit bundle-demo.service --output cat | grep -q 'demo starts' && break
  sleep 0.1
done
podman run --replace --name bundle-demo --env "DEMO_TOKEN=$secret" localhost/sourceos/demo:1 \
  /bin/sh -c 'echo "container says $DEMO_TOKEN"' >/dev/null

cat >"$work/plan.toml" <<EOT
subject = "local-agent:bundle-demo"
collectors = ["host", "tools", "podman", "systemd", "mounts", "logs"]
[podman]
containers = ["bundle-demo"]
images = ["localhost/sourceos/demo:1"]
[systemd]
user_units = ["bundle-demo.service"]
[logs]
journal_user_units = ["bundle-demo.service"]
containers = ["bundle-demo"]
EOT

export XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state
"$ctl" evidence collect --plan "$work/plan.toml" >"$work/collect.txt"
"$ctl" evidence verify @last
"$ctl" evidence show @last --json >"$work/show.json"

fail() { echo "FAILED: $*" >&2; exit 1; }
for entry in podman/inspect/containers/bundle-demo.json logs/podman/bundle-demo.log \
  systemd/user/bundle-demo.service/definition systemd/user/bundle-demo.service/journal.log; do
  "$ctl" evidence show @last "$entry" >"$work/entry" || fail "no entry $entry"
  if grep -q "$secret" "$work/entry"; then fail "the secret is in $entry"; fi
  grep -q "REDACTED-" "$work/entry" || fail "nothing is masked in $entry"
done
if grep -rq "$secret" "$work/state" "$work/collect.txt" "$work/show.json"; then
  fail "the secret is in the store or in what was printed"
fi
echo "a real Podman, systemd and journal are in the bundle, the secret is not"
