#!/usr/bin/env bash
# A local agent's whole life under a real systemd user manager and a real Podman: staged, installed,
# started, healthy, stopped, restarted, crashing in a loop and held by its bound, quarantined and
# uninstalled; a dead socket and a host config with credential helpers on the way.
#
# usage: agent.sh BIN
set -euo pipefail
bin=$(cd "${1:?usage: agent.sh BIN}" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
support=$here/../support
export REAL_HOST_DIR=${REAL_HOST_DIR:-/var/lib/real-host-agent}

if [ "${2-}" != inside ]; then
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
  exports=$(mktemp -d /tmp/agent-exports.XXXXXX)
  trap '"$support/real-host" down; rm -rf "$exports"' EXIT
  "$support/real-host" exec -- "$here/agent.sh" "$bin" inside "$exports"
  "$here/check_exports.sh" "$exports"
  exit
fi

exports=${3:?the directory for exports}
agent=$bin/sourceos-agent
ctl=$bin/sourceosctl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unit=sourceos-agent@demo-agent.service
declared=$HOME/.config/sourceos/local-agents
mkdir -p "$declared" "$HOME/.docker"
echo '{"credHelpers":{"us-central1-docker.pkg.dev":"gcloud"}}' >"$HOME/.docker/config.json"

fail() { echo "FAILED: $*" >&2; exit 1; }
declare_agent() { # IMAGE CONNECTION
  cat >"$declared/demo-agent.json" <<EOT
{ "schemaVersion": "sourceos.local-agent.v1", "name": "demo-agent", "image": "$1",
  "podman": { "connection": $2 },
  "lifecycle": { "restart": "bounded", "maxRestartsPerHour": 2, "startupTimeoutSeconds": 30,
                 "shutdownTimeoutSeconds": 3 } }
EOT
}
make_image() { # TAG COMMAND...
  local tag=$1 box
  shift
  box=$(podman create localhost/sourceos/demo:1 true)
  podman commit --quiet --change "CMD $*" "$box" "$tag" >/dev/null
  podman rm "$box" >/dev/null
}
# What AgentPlane and SourceOS take, from the newest bundle.
export_last() { # NAME
  local target
  for target in agentplane sourceos; do
    "$ctl" evidence export @last --to "$target" --bundle demo@0.1.0 --output "$exports/$1-$target" >/dev/null ||
      fail "$1 is not exported to $target"
  done
}
state() { "$agent" status demo-agent --json | sed -n 's/^  "state": "\(.*\)",*$/\1/p'; }
expect_state() { [ "$(state)" = "$1" ] || fail "expected state $1, there is $(state)"; }
step() { echo "--- $*"; }

make_image localhost/sourceos/agent-demo:1 '["/bin/sh","-c","trap exit TERM; while :; do sleep 1 & wait $!; done"]'
make_image localhost/sourceos/agent-crash:1 '["/bin/sh","-c","sleep 4; exit 3"]'

step "a dead socket is one failure, and nothing is installed"
podman system connection add agent-dead "unix://$work/none.sock" 2>/dev/null || true
declare_agent localhost/sourceos/agent-demo:1 '"agent-dead"'
"$agent" preflight demo-agent --json >"$work/dead.json" && fail "a dead socket passed"
grep -q '"reason": "socket-refused"' "$work/dead.json" || fail "no socket-refused"
"$agent" install demo-agent >/dev/null && fail "install with a dead socket"
[ ! -e "$HOME/.config/systemd/user/$unit" ] || fail "something was installed"

step "stage and install, although the host's config names helpers"
declare_agent localhost/sourceos/agent-demo:1 null
"$agent" stage demo-agent --output "$work/staging"
ls "$work"/staging/demo-agent-*/manifest.json >/dev/null
"$agent" install demo-agent
export_last install
grep -q '"installState":"installed"' "$exports/install-sourceos/runtime-install-receipt.json" || fail "no install receipt"
grep -q '"artifactRef":"declaration"' "$exports/install-sourceos/runtime-install-receipt.json" || fail "no declaration"
grep -c '"digest":"sha256:' "$exports/install-sourceos/runtime-install-receipt.json" >/dev/null || fail "no digests"
expect_state installed
"$agent" install demo-agent | grep -q 'nothing to do' || fail "a second install did something"
"$agent" preflight demo-agent

step "start, healthy, with --authfile and without a pull"
"$agent" start demo-agent
expect_state running
[ "$(systemctl --user is-enabled "$unit")" = enabled ] || fail "not enabled"
[ "$(podman inspect --format '{{.State.Status}}' demo-agent)" = running ] || fail "no container"
podman inspect --format '{{.Config.CreateCommand}}' demo-agent | grep -q -- '--pull=never --authfile' ||
  fail "not run with --pull=never --authfile"
first=$(podman inspect --format '{{.Id}}' demo-agent)

step "stop, start, restart"
"$agent" stop demo-agent
expect_state enabled
"$agent" stop demo-agent | grep -q 'nothing to do' || fail "a second stop did something"
"$agent" start demo-agent
"$agent" restart demo-agent
expect_state running
[ "$(podman inspect --format '{{.Id}}' demo-agent)" != "$first" ] || fail "the same container after a restart"
"$agent" logs demo-agent | grep -q 'starts' || fail "the log says nothing of the start"

step "a crash loop is held by its bound"
declare_agent localhost/sourceos/agent-crash:1 null
"$agent" stop demo-agent >/dev/null
"$agent" install demo-agent >/dev/null
"$agent" start demo-agent >/dev/null || true
for _ in $(seq 90); do
  case $(state) in suspended | failed) break ;; esac
  sleep 1
done
expect_state suspended
before=$(systemctl --user show --property=NRestarts --value "$unit")
sleep 8
[ "$(systemctl --user show --property=NRestarts --value "$unit")" = "$before" ] || fail "it still restarts"
[ "$(systemctl --user is-active "$unit" || true)" != active ] || fail "it is active"

step "quarantine leaves nothing that restarts"
declare_agent localhost/sourceos/agent-demo:1 null
"$agent" install demo-agent >/dev/null
"$agent" start demo-agent
"$agent" quarantine demo-agent --output "$work/quarantine"
export_last quarantine
grep -q '"outcome":"active"' "$exports/quarantine-sourceos/quarantine-receipt.json" || fail "no quarantine receipt"
grep -q "\"unit\":\"$unit\"" "$exports/quarantine-sourceos/quarantine-receipt.json" || fail "no unit in the receipt"
[ ! -e "$HOME/.config/systemd/user/$unit" ] || fail "the unit is still there"
[ -z "$(podman ps --quiet --filter name=demo-agent)" ] || fail "the container is still there"
expect_state quarantined
dir=$(echo "$work"/quarantine/demo-agent-*)
for file in freeze.json service-stop.json service-disable.json service.unit.disabled log-scan.json \
  service-status.json podman-info.json container-inspect.json image-inspect.json auth-redacted.json \
  manifest.json remediation.md; do
  [ -s "$dir/$file" ] || fail "no $file"
done
"$ctl" evidence verify @last

step "install again, uninstall, and a second uninstall does nothing"
"$agent" install demo-agent >/dev/null
"$agent" start demo-agent >/dev/null
"$agent" uninstall demo-agent --output "$work/quarantine"
export_last uninstall
grep -q '"outcome":"terminated"' "$exports/uninstall-sourceos/quarantine-receipt.json" || fail "no receipt of the end"
expect_state absent
"$agent" uninstall demo-agent | grep -q 'nothing to do' || fail "a second uninstall did something"
"$ctl" evidence verify @last >/dev/null
podman system connection remove agent-dead >/dev/null 2>&1 || true
echo "an agent lived, crashed within its bound, and left nothing behind"
