#!/usr/bin/env bash
# Activation on a real systemd user manager and a real Podman: an agent reaches its target, an
# unchanged run restarts nothing, an upgrade that fails leaves the version that runs, a missing image
# is staged, a killed activation is recovered, two at once leave one result, and what nothing
# declares any more is pruned.
#
# usage: activation.sh BIN
set -euo pipefail
bin=$(cd "${1:?usage: activation.sh BIN}" && pwd)
# shellcheck source=tests/real/on_real_host.sh
. "$(dirname "$0")/on_real_host.sh"
export REAL_HOST_DIR=${REAL_HOST_DIR:-/var/lib/real-host-activation}
[ "${2-}" = inside ] || on_real_host root "$bin" activation.sh inside

work=$(mktemp -d)
trap 'systemctl --user stop sourceos-agent@sample.service 2>/dev/null || true; rm -rf "$work"' EXIT
fail() {
  echo "FAILED: $*" >&2
  exit 1
}
export XDG_STATE_HOME=$HOME/activation-state XDG_CONFIG_HOME=$HOME/.config
rm -rf "$XDG_STATE_HOME"
# Images that stay, and one that ends at once.
build() { # NAME COMMAND
  local container
  container=$(podman create localhost/sourceos/demo:1)
  podman commit --quiet --change "CMD $2" "$container" "$1" >/dev/null
  podman rm "$container" >/dev/null
}
build localhost/sample/agent:1 '["/bin/sleep", "100000"]'
build localhost/sample/agent:broken '["/bin/false"]'

agents=$HOME/agents
rm -rf "$agents" && mkdir -p "$agents" && chmod 700 "$agents"
declare_agent() { # IMAGE
  cat >"$agents/sample.json" <<EOT
{ "schemaVersion": "sourceos.local-agent.v1", "name": "sample", "image": "$1",
  "lifecycle": { "restart": "bounded", "maxRestartsPerHour": 30, "startupTimeoutSeconds": 15 } }
EOT
}
unit=sourceos-agent@sample.service
property() { systemctl --user show --property="$1" --value "$unit"; }
activate() { # EXPECTED-CODE [ARGUMENT...]
  local expected=$1 code=0
  shift
  "$bin/sourceos-agent" activate --declarations "$agents" --json "$@" >"$work/out" || code=$?
  [ "$code" -eq "$expected" ] || { cat "$work/out" >&2 && fail "exit code $code, expected $expected ($*)"; }
}
answer() { jq -r "$1" "$work/out"; }
is() { # EXPRESSION EXPECTED
  [ "$(answer "$1")" = "$2" ] || { cat "$work/out" >&2 && fail "$1 is '$(answer "$1")', expected '$2'"; }
}
verify_last() {
  "$bin/sourceosctl" evidence verify "$(answer .bundleId)" >"$work/verify" || { cat "$work/verify"; fail "the bundle does not verify"; }
}

# --- a missing image: staged, with what to type
declare_agent localhost/sample/absent:1
activate 1
is '.agents[0].result' staged
is '.agents[0].reason' image-missing
is '.agents[0].states.installed' false
[ -f "$(find "$XDG_STATE_HOME/sourceos/staging" -name REMEDIATION.md | head -n 1)" ] || fail "no REMEDIATION.md"
[ ! -e "$HOME/.config/systemd/user/$unit" ] || fail "a unit was installed"
verify_last

# --- a dry run changes nothing
declare_agent localhost/sample/agent:1
activate 0 --dry-run
is '.agents[0].result' planned
[ ! -e "$HOME/.config/systemd/user/$unit" ] || fail "a dry run installs"

# --- to the target
activate 0
is '.agents[0].result' running
is '.agents[0].states | [.staged, .installed, .enabled, .running] | map(tostring) | join(" ")' 'false true true true'
[ "$(systemctl --user is-enabled "$unit")" = enabled ] || fail "systemd says it is not enabled"
[ "$(property ActiveState)" = active ] || fail "systemd says it does not run"
[ "$(podman inspect --format '{{.State.Status}}' sample)" = running ] || fail "the container does not run"
verify_last

# --- unchanged: nothing is restarted
started=$(property ExecMainStartTimestampMonotonic)
activate 0
is '.agents[0].result' unchanged
[ "$(property ExecMainStartTimestampMonotonic)" = "$started" ] || fail "an unchanged agent was restarted"

# --- an upgrade whose checks fail, and one that does not start
declare_agent localhost/sample/absent:1
activate 1
is '.agents[0].result' staged-old-version-kept
[ "$(property ExecMainStartTimestampMonotonic)" = "$started" ] || fail "the old version was touched"
declare_agent localhost/sample/agent:broken
activate 1
is '.agents[0].result' old-version-restored
is '.agents[0].rollback.complete' true
[ "$(property ActiveState)" = active ] || fail "the old version does not run"
grep -q 'sample/agent:1' "$HOME/.local/share/sourceos/agents/sample/launch" || fail "the old launcher is not back"
verify_last

# As if a person had taken the agent away; what was its container needs a moment to end.
take_away() {
  systemctl --user stop "$unit" 2>/dev/null || true
  systemctl --user disable --quiet "$unit" 2>/dev/null || true
  rm -f "$HOME/.config/systemd/user/$unit"
  systemctl --user daemon-reload
  podman rm --force --ignore --time 0 sample >/dev/null
}

# --- killed in the middle, then recovered by the next one
declare_agent localhost/sample/agent:1
take_away
code=0
SOURCEOS_TEST_SEAMS=1 SOURCEOS_FAULT=enable.after:crash "$bin/sourceos-agent" activate \
  --declarations "$agents" >/dev/null 2>&1 || code=$?
[ "$code" -eq 137 ] || fail "the fault point does not kill: $code"
[ "$(systemctl --user is-enabled "$unit")" = enabled ] || fail "it was killed elsewhere"
code=0
SOURCEOS_TEST_SEAMS=1 "$bin/sourceos-agent" activate --declarations "$agents" --json >"$work/out" || code=$?
[ "$code" -eq 0 ] || { cat "$work/out" >&2 && fail "after a crash: $code"; }
is '.agents[0].recovered.complete' true
is '.agents[0].result' running

# --- TERM in the middle: all is undone, 130
for fault in install.definition.after enable.after start.after; do
  take_away
  code=0
  SOURCEOS_TEST_SEAMS=1 SOURCEOS_FAULT=$fault:signal "$bin/sourceos-agent" activate \
    --declarations "$agents" --json >"$work/out" 2>/dev/null || code=$?
  [ "$code" -eq 130 ] || { cat "$work/out" >&2 && fail "$fault:signal: exit code $code"; }
  [ "$(systemctl --user is-enabled "$unit" 2>/dev/null || true)" != enabled ] || fail "$fault:signal: still enabled"
  [ "$(property ActiveState)" != active ] || fail "$fault:signal: still running"
done

# --- two at once
podman rm --force --ignore --time 0 sample >/dev/null
"$bin/sourceos-agent" activate --declarations "$agents" --json >"$work/one" &
one=$!
code=0
"$bin/sourceos-agent" activate --declarations "$agents" --json >"$work/two" || code=$?
wait "$one" || fail "the first of two: $(cat "$work/one")"
[ "$code" -eq 0 ] || fail "the second of two: $(cat "$work/two")"
results=$(jq -r '.agents[0].result' "$work/one" "$work/two" | sort | tr '\n' ' ')
[ "$results" = 'running unchanged ' ] || fail "two at once: $results"
[ "$(property ActiveState)" = active ] || fail "two at once: it does not run"

# --- nothing declares it any more
rm "$agents/sample.json"
activate 0 --prune
is '.agents[0].result' pruned
[ "$(property ActiveState)" != active ] || fail "a pruned agent runs"
[ ! -e "$HOME/.config/systemd/user/$unit" ] || fail "a pruned agent is installed"
echo "an agent was activated, upgraded, rolled back, recovered and pruned on a real host"
