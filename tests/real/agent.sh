#!/usr/bin/env bash
# A local agent's whole life under a real systemd user manager and a real Podman, of root or of another
# user: staged, installed, started, healthy, stopped, restarted, crashing in a loop and held by its
# bound, ended by its watchdog, quarantined and uninstalled; a machine that is stopped, a dead socket
# and a host config with credential helpers on the way.
#
# usage: agent.sh BIN [root|rootless]
set -euo pipefail
bin=$(cd "${1:?usage: agent.sh BIN [root|rootless]}" && pwd)
whose=${2:-root}
# shellcheck source=tests/real/on_real_host.sh
. "$(dirname "$0")/on_real_host.sh"
export REAL_HOST_DIR=${REAL_HOST_DIR:-/var/lib/real-host-agent}
case $whose in
root) on_real_host root "$bin" agent.sh inside ;;
rootless) on_real_host srcosrootless "$bin" agent.sh inside ;;
esac

export PATH=/usr/local/bin:/usr/bin:/bin
exports=$bin/exports
agent=$bin/sourceos-agent
ctl=$bin/sourceosctl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unit=sourceos-agent@demo-agent.service
declared=$HOME/.config/sourceos/local-agents
mkdir -p "$declared" "$HOME/.docker" "$work/bin"
chmod 755 "$work"
echo '{"credHelpers":{"us-central1-docker.pkg.dev":"gcloud"}}' >"$HOME/.docker/config.json"

fail() { echo "FAILED: $*" >&2; exit 1; }
declare_agent() { # IMAGE CONNECTION [FIELDS [LIFECYCLE]]
  cat >"$declared/demo-agent.json" <<EOT
{ "schemaVersion": "sourceos.local-agent.v1", "name": "demo-agent", "image": "$1",
  "podman": { "connection": $2 }, ${3-}
  "lifecycle": { ${4-"\"restart\": \"bounded\", \"startupTimeoutSeconds\": 30"}, "maxRestartsPerHour": 2,
                 "shutdownTimeoutSeconds": 3 } }
EOT
}
one_failure() { # ID REASON: the only check that failed
  local code=0
  "$agent" preflight demo-agent --json >"$work/checks.json" || code=$?
  [ "$code" -eq 1 ] || fail "preflight ended with $code"
  local failed
  failed=$(/usr/bin/python3 -c '
import json, sys
for check in json.load(open(sys.argv[1]))["checks"]:
    if check["status"] == "fail":
        print(check["id"], check["reason"])' "$work/checks.json")
  [ "$failed" = "$1 $2" ] || fail "expected only '$1 $2' to fail: $failed"
  "$agent" install demo-agent >/dev/null && fail "install although $1 fails"
  [ ! -e "$HOME/.config/systemd/user/$unit" ] || fail "something was installed"
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
make_image localhost/sourceos/agent-deaf:1 '["/bin/sleep","100000"]'
make_image localhost/sourceos/agent-crash:1 '["/bin/sh","-c","sleep 4; exit 3"]'

step "a machine that podman machine init made is stopped, and that is one failure"
declare_agent localhost/sourceos/agent-demo:1 '"agent-machine"'
sed -i 's/"connection": "agent-machine"/&, "requireMachine": true/' "$declared/demo-agent.json"
"$agent" install demo-agent >/dev/null || true # makes nothing, but the authfile's and log's places count
mkdir -p "$HOME/.local/state/sourceos/logs" "$HOME/.config/containers"
echo '{"auths":{}}' >"$HOME/.config/containers/sourceos-empty-auth.json"
# What runs a machine need not be here to make one: stand-ins for qemu, a real Podman and ssh-keygen.
printf '#!/bin/sh\nexit 0\n' >"$work/bin/qemu-system-$(uname -m)"
printf '#!/bin/sh\necho "{\\"virtual-size\\": 1073741824, \\"format\\": \\"raw\\"}"\n' >"$work/bin/qemu-img"
chmod 755 "$work"/bin/*
head -c 1048576 /dev/zero >"$work/image.raw"
PATH=$work/bin:$PATH podman machine init --image-path "$work/image.raw" agent-machine >"$work/init" 2>&1 || true
if podman machine list --format json 2>/dev/null | grep -q '"agent-machine'; then
  one_failure podman-machine-running machine-stopped
  [ "$(grep -c '"blockedBy": 7' "$work/checks.json")" -eq 3 ] || fail "8, 9 and 13 are not skipped for it"
  podman machine rm --force agent-machine >/dev/null 2>&1
else
  echo "    this Podman makes no machine: $(tail -1 "$work/init")"
  one_failure podman-machine-exists machine-absent
fi

step "a dead socket is one failure, and nothing is installed"
rm -f "$work/none.sock"
for socket in none dead; do
  # One that is not there, and one on which nobody listens any more.
  [ "$socket" = none ] || /usr/bin/python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$work/dead.sock"
  podman system connection add "agent-$socket" "unix://$work/$socket.sock" 2>/dev/null || true
  declare_agent localhost/sourceos/agent-demo:1 "\"agent-$socket\""
  one_failure podman-socket socket-refused
  podman system connection remove "agent-$socket" >/dev/null 2>&1
done
rm -f "$HOME/.config/containers/sourceos-empty-auth.json"

step "a helper that needs a person keeps an agent without an authfile away"
printf '#!/bin/sh\necho asked >>%s\necho "log in first" >&2\nexit 1\n' "$work/asked" >"$work/bin/docker-credential-gcloud"
chmod 755 "$work/bin/docker-credential-gcloud"
export PATH=$work/bin:$PATH
declare_agent localhost/sourceos/agent-demo:1 null '"auth": { "mode": "none" },'
one_failure ambient-auth noninteractive-helper-failure
rm "$work/asked"

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

[ ! -e "$work/asked" ] || fail "the helper was asked although the authfile decides"

step "stop, start, restart"
"$agent" stop demo-agent
expect_state enabled
"$agent" stop demo-agent | grep -q 'nothing to do' || fail "a second stop did something"
"$agent" start demo-agent
"$agent" restart demo-agent
expect_state running
[ "$(podman inspect --format '{{.Id}}' demo-agent)" != "$first" ] || fail "the same container after a restart"
"$agent" logs demo-agent | grep -q 'starts' || fail "the log says nothing of the start"

step "an agent that ignores TERM is killed, and can be started again"
declare_agent localhost/sourceos/agent-deaf:1 null
"$agent" stop demo-agent >/dev/null
"$agent" install demo-agent >/dev/null
"$agent" start demo-agent >/dev/null
"$agent" stop demo-agent >/dev/null
[ -z "$(podman ps --all --quiet --filter name=demo-agent)" ] || fail "its container is left: $(podman ps --all)"
"$agent" start demo-agent >/dev/null
expect_state running

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

step "a supervised agent that is not healthy is ended by its watchdog, and comes back"
"$agent" stop demo-agent >/dev/null
touch "$work/healthy"
declare_agent localhost/sourceos/agent-demo:1 null \
  "\"health\": { \"type\": \"command\", \"command\": [\"/usr/bin/test\", \"-e\", \"$work/healthy\"] }," \
  '"restart": "supervised", "startupTimeoutSeconds": 5'
"$agent" install demo-agent >/dev/null
"$agent" start demo-agent >/dev/null
[ "$(systemctl --user show --property=NotifyAccess --value "$unit")" = all ] || fail "systemd hears no watchdog"
rm "$work/healthy"
for _ in $(seq 90); do
  [ "$(systemctl --user show --property=NRestarts --value "$unit")" -lt 1 ] || break
  sleep 1
done
[ "$(systemctl --user show --property=NRestarts --value "$unit")" -ge 1 ] || fail "the watchdog did nothing"
"$agent" logs demo-agent | grep -q 'not healthy' || fail "the log does not say why"
"$agent" stop demo-agent >/dev/null

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
"$agent" start demo-agent >"$work/start.txt" && fail "a quarantined agent starts"
grep -q "it was quarantined; what was seen then is in $dir" "$work/start.txt" || fail "start says nothing of the quarantine"
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
echo "an agent lived, crashed within its bound, and left nothing behind"
