#!/usr/bin/env bash
# agent-machine with a real rootless Podman: `shell` through a real terminal (tmux), `run` with
# stand-in tools that read, write and try to reach what they must not, and a directory that is
# swapped while it is launched. What Podman mounted, what the container sees and what the bundle
# says are compared.
#
# usage: agent_machine.sh BIN
set -euo pipefail
bin=$(cd "${1:?usage: agent_machine.sh BIN}" && pwd)
export REAL_HOST_DIR=${REAL_HOST_DIR:-/var/lib/real-host-machine} REAL_HOST_PACKAGES=tmux
REAL_HOST_FILE=$(dirname "$0")/../../schemas/examples
export REAL_HOST_FILE
# shellcheck source=tests/real/on_real_host.sh
. "$(dirname "$0")/on_real_host.sh"
[ "${2-}" = inside ] || on_real_host srcosagent "$bin" agent_machine.sh inside

fail() { echo "FAILED: $*" >&2; exit 1; }
export PATH=/usr/local/bin:/usr/bin:/bin
unset SOURCEOS_TEST_SEAMS
ctl=$bin/sourceosctl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# What AgentPlane and SourceOS take, from the newest bundle: twice the same, without the host's names.
export_last() { # NAME
  local target
  for target in agentplane sourceos; do
    "$ctl" agent-machine evidence export @last --to "$target" --bundle demo@0.1.0 \
      --backend-intent qemu --output "$bin/exports/$1-$target" >/dev/null || fail "$1 is not exported to $target"
    "$ctl" agent-machine evidence export @last --to "$target" --bundle demo@0.1.0 \
      --backend-intent qemu --output "$work/again-$1-$target" >/dev/null
    diff -r "$bin/exports/$1-$target" "$work/again-$1-$target" || fail "a second export of $1 differs"
    if grep -rqE "$HOME|$(id -un)" "$bin/exports/$1-$target"; then fail "a name of the host is in the export of $1"; fi
  done
}
has() { [ -f "$bin/exports/$1" ] || fail "the export has no $1"; }
field() { sed -n "s/^ *\"$1\": \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}\$/\1/p" "$2" | tail -1; }

repo=$HOME/dev/app
mkdir -p "$repo" "$HOME/.ssh" "$HOME/dev/other" "$HOME/Documents/out"
echo "hello from the host" >"$repo/in.txt"
echo "key of the host" >"$HOME/.ssh/id"
echo "of another" >"$HOME/dev/other/secret.txt"
git -C "$repo" init -q -b main
git -C "$repo" -c user.name=t -c user.email=t@example.org commit -q --allow-empty -m first
git init -q "$repo/vendor/lib"

"$ctl" agent-machine init --profile linux-native --repo "$repo" --name app --enable-tool codex \
  --enable-tool claude-code --enable-tool local-shell --quiet >/dev/null
profile=$HOME/.config/sourceos/profiles/app.json
[ -f "$profile" ] || fail "no profile"
# The stand-in tools are shell lines of a local image; they need no grant here.
python3 - "$profile" <<'EOT'
import json, sys
profile = json.load(open(sys.argv[1]))
profile["image"]["reference"] = "localhost/sourceos/demo:1"
profile["mounts"] = [{"mountId": "out", "pathClass": "documents", "hostPath": "~/Documents/out",
                      "agentPath": "/workspace/out", "accessMode": "read-write"}]
profile["environment"]["set"] = {"PAGER": "cat"}
for tool in profile["tools"]:
    if tool["toolId"] in ("codex", "claude-code"):
        tool.update(command=["/bin/sh"], sideEffects=False, requiresGrant=False)
json.dump(profile, open(sys.argv[1], "w"))
EOT

# --- run: reads, writes, reaches nothing else
cat >"$repo/tool.sh" <<'EOT'
cat in.txt
echo written >out.txt
echo result >/workspace/out/result.txt
for path in /root/.ssh "$HOST_HOME/.ssh/id" /workspace/dev/other /host; do
  [ ! -e "$path" ] || echo "REACHED $path"
done
echo x >.git/hooks/post-checkout 2>/dev/null && echo "REACHED hooks"
mv .git moved 2>/dev/null && echo "REACHED another git directory"
echo x >>.git/config 2>/dev/null && echo "REACHED config"
echo x >vendor/lib/.git/hooks/post-checkout
echo x >/etc/x 2>/dev/null && echo "REACHED root file system"
cat /proc/self/status | grep -E '^(CapEff|NoNewPrivs)'
ls /sys/class/net
env | sort
grep /workspace /proc/self/mounts
exit 7
EOT
status=0
"$ctl" agent-machine run --tool codex --repo "$repo" --profile app --json -- tool.sh \
  >"$work/run.json" 2>"$work/run.txt" || status=$?
[ "$status" -eq 7 ] || { cat "$work/run.json" "$work/run.txt" >&2; fail "exit code $status, expected the tool's 7"; }
grep -q '"started": true' "$work/run.json" || fail "not started"
grep -q "hello from the host" "$work/run.txt" || fail "the tool cannot read"
[ "$(cat "$repo/out.txt")" = written ] || fail "the tool cannot write"
[ "$(cat "$HOME/Documents/out/result.txt")" = result ] || fail "the second mount does not work"
grep -q "configuration or hooks of 'vendor/lib/.git' were changed" "$work/run.json" ||
  fail "nothing is said of the nested repository's hook"
if grep REACHED "$work/run.txt"; then fail "the tool reached what it must not"; fi
grep -q 'CapEff:.*0000000000000000' "$work/run.txt" || fail "capabilities are left"
grep -q 'NoNewPrivs:.*1' "$work/run.txt" || fail "privileges can be gained"
grep -q '^PAGER=cat' "$work/run.txt" || fail "the declared variable is missing"
if grep -qE '^(USER|XDG_RUNTIME_DIR|DBUS_SESSION_BUS_ADDRESS)=' "$work/run.txt"; then fail "environment of the host inside"; fi
# Inside: just these mounts.
inside=$(grep -oE ' /workspace/[^ ]+' "$work/run.txt" | sort -u | tr -d ' ')
expected=$(printf '%s\n' /workspace/dev/app /workspace/dev/app/.git /workspace/dev/app/.git/config /workspace/dev/app/.git/hooks /workspace/out)
[ "$inside" = "$expected" ] || fail "inside are other mounts: $inside"
"$ctl" evidence verify @last >/dev/null || fail "the bundle does not verify"
run_id=$(field bundleId "$work/run.json")
"$ctl" evidence show @last container.json >"$work/container.json"
for target in $expected; do
  grep -q "\"$target\"" "$work/container.json" || fail "$target is not in the container's description"
done
"$ctl" evidence show @last --json >"$work/show.json"
for entry in policy-decision.json mount-evidence.json git/before.json git/after.json session/transcript.cast \
  session/scan.json; do
  "$ctl" evidence show @last "$entry" >"$work/entry" || fail "no entry $entry"
done
export_last run
for file in run-artifact replay-artifact session-artifact evidence-pack agent-machine-mount-evidence \
  receipts/1-dispatch receipts/4-result run-receipt-binding; do has "run-agentplane/$file.json"; done
for file in agent-machine-receipt fingerprint evidence-bundle diagnostics-redaction-policy; do
  has "run-sourceos/$file.json"
done
grep -q '"profileHash":"sha256:' "$bin/exports/run-agentplane/run-artifact.json" || fail "the run has no profile"
grep -q '"fingerprintRef":"urn:srcos:agent-machine-fingerprint:' "$bin/exports/run-agentplane/run-artifact.json" ||
  fail "the run has no fingerprint"
"$ctl" evidence show @last fingerprint.json >"$work/fingerprint"
grep -q '"complianceStatus":"compliant"' "$work/fingerprint" || fail "the launch was not compliant"
launched=$(grep -oE '"fingerprintHash":"sha256:[0-9a-f]{64}' "$work/fingerprint")
now=$("$ctl" agent-machine fingerprint --profile app --repo "$repo" 2>/dev/null |
  sed -n 's/^ *"fingerprintHash": \(".*"\),*$/"fingerprintHash":\1/p')
[ "$launched\"" = "$now" ] || fail "the launch had another fingerprint than the host has: $launched, $now"
export_last fingerprint
has fingerprint-sourceos/fingerprint.json
"$ctl" agent-machine evidence inspect "$run_id" --json >"$work/inspect.json" || fail "the bundle is not intact"
[ "$(field mountCount "$work/inspect.json")" = 2 ] || fail "the bundle has other mounts"
[ -z "$(podman ps --all --quiet)" ] || fail "a container is left"

# --- refusals touch nothing
for path in "$HOME" "$HOME/.ssh" "$HOME/dev/other"; do
  if "$ctl" agent-machine run --tool claude-code --repo "$path" --profile app --json >"$work/no.json"; then
    fail "$path was mounted"
  fi
  grep -q '"deniedAttempts"' "$work/no.json" || fail "no denied attempt"
done
export_last refused
grep -q '"status":"failure"' "$bin/exports/refused-agentplane/session-artifact.json" || fail "a refusal is no failure"
[ ! -e "$bin/exports/refused-agentplane/run-artifact.json" ] || fail "a refused launch has a run artifact"
[ -z "$(podman ps --all --quiet)" ] || fail "a refusal left a container"

# --- through a door: a grant, a mount policy by reference, and a fingerprint that names both
python3 - "$profile" "$bin/examples" "$HOME/.config/sourceos" <<'EOT'
import datetime, json, os, sys
profile, examples, config = sys.argv[1:]
ours, workspace = "urn:srcos:agent-machine-profile:doors", "urn:srcos:agent-machine-workspace:demo-linux"
def write(folder, name, document):
    os.makedirs(os.path.join(config, folder), exist_ok=True)
    json.dump(document, open(os.path.join(config, folder, name), "w"))
for name in ("securehostinterfaceprofile", "agenttooldoor", "terminaldoor"):
    document = json.load(open(f"{examples}/{name}.linux.json"))
    document["targetProfileRef"] = ours
    write("contracts", name + ".json", document)
document = json.load(open(profile))
document.update(id=ours, name="doors", secureHostInterfaceRef="urn:srcos:secure-host-interface:demo-linux",
                mountPolicyRef="urn:srcos:agent-machine-mount-policy:doors")
document["agentPlane"]["workspaceId"] = workspace
for tool in document["tools"]:
    if tool["toolId"] == "codex":
        tool.update(sideEffects=True, requiresGrant=True)
write("profiles", "doors.json", document)
root = {"accessMode": "read-write", "recursive": True, "requiresGrant": False}
write("contracts", "policy.json", {
    "id": document["mountPolicyRef"], "type": "AgentMachineMountPolicy", "specVersion": "2.2.0", "name": "doors",
    "defaultDecision": "deny", "deniedPatterns": [{"pattern": "**/private", "reason": "not for agents"}],
    "allowedRoots": [dict(root, path="~/dev", pathClass="code"), dict(root, path="~/Documents", pathClass="documents")]})
EOT
through_door() { # ARGUMENT...
  "$ctl" agent-machine run --tool codex --repo "$repo" --profile doors --json "$@" -- -c 'echo inside; exit 4' \
    >"$work/door.json" 2>"$work/door.txt"
}
through_door && fail "a door let a tool through without a grant"
[ "$(field reason "$work/door.json")" = grant-missing ] || fail "no grant-missing: $(field reason "$work/door.json")"
python3 - "$bin/examples/hostinterfacegrant.linux-agent.json" "$work/door.json" "$work/grant.json" <<'EOT'
import datetime, json, sys
grant, refused = json.load(open(sys.argv[1])), json.load(open(sys.argv[2]))
now = datetime.datetime.now(datetime.timezone.utc)
stamp = lambda hours: (now + datetime.timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
grant.update(targetProfileRef="urn:srcos:agent-machine-profile:doors", policyHash=refused["policyHash"],
             issuedAt=stamp(-1), expiresAt=stamp(1), maxUses=1)
grant["allowedRepoPaths"][0]["path"] = "~/dev/app"
json.dump(grant, open(sys.argv[3], "w"))
EOT
status=0
through_door --grant "$work/grant.json" || status=$?
[ "$status" -eq 4 ] || { cat "$work/door.json" "$work/door.txt" >&2; fail "not launched through the door ($status)"; }
"$ctl" evidence show @last fingerprint.json >"$work/fingerprint"
for ref in agent-tool-door:demo-linux terminal-door:demo-linux host-interface-grant:demo-agent-linux; do
  grep -q "urn:srcos:$ref" "$work/fingerprint" || fail "the fingerprint does not name $ref"
done
export_last door
grep -q '"id":"urn:srcos:host-interface-grant:demo-agent-linux"' "$bin/exports/door-agentplane/run-artifact.json" ||
  fail "the run does not name its grant"
grep -q 'agent-machine-mount-policy:doors' "$bin/exports/door-agentplane/agent-machine-mount-evidence.json" ||
  fail "the evidence names another policy"
"$ctl" agent-machine evidence export @last --to agentplane --bundle demo@0.1.0 --kind runtime-receipt \
  --proposal-ref proposal:1 --admission-ref admission:1 --output "$bin/exports/door-receipt" >/dev/null
grep -q '"agentRef":"urn:srcos:agent:codex-demo"' "$bin/exports/door-receipt/runtime-receipt.json" ||
  fail "the receipt does not say who ran"
through_door --grant "$work/grant.json" && fail "a grant for one use was used twice"
mkdir "$repo/private"
"$ctl" agent-machine doctor --repo "$repo/private" --profile doors --json >"$work/door.json" &&
  fail "the policy's pattern was not applied"
grep -q '"reason": "policy-denied"' "$work/door.json" || fail "the pattern is not why"
rmdir "$repo/private"
[ -z "$(podman ps --all --quiet)" ] || fail "a door left a container"

# --- a directory that is swapped between check and launch
before=$(ls "$HOME/.ssh")
mkdir "$work/real-podman"
cat >"$work/real-podman/podman" <<EOT
#!/bin/sh
if [ "\$1" = create ]; then
  mv "$repo" "$repo.moved"; ln -s "$HOME/.ssh" "$repo"
fi
exec /usr/bin/podman "\$@"
EOT
chmod 755 "$work/real-podman" "$work/real-podman/podman"
status=0
PATH=$work/real-podman:$PATH "$ctl" agent-machine run --tool claude-code --repo "$repo" --profile app --json \
  -- -c 'echo owned >/workspace/dev/app/owned' >"$work/race.json" 2>/dev/null || status=$?
rm -f "$repo"; mv "$repo.moved" "$repo"
[ "$status" -eq 1 ] || fail "a swapped directory was launched ($status)"
reason=$(field reason "$work/race.json")
case $reason in mount-changed|launch-mismatch|create-failed) ;; *) fail "unexpected reason $reason" ;; esac
[ "$(ls "$HOME/.ssh")" = "$before" ] || fail "the container wrote into what was swapped in"
[ -z "$(podman ps --all --quiet)" ] || fail "the race left a container"

# --- a signal ends a run: the container is gone, the bundle is there
for signal in TERM HUP; do
  "$ctl" agent-machine run --tool claude-code --repo "$repo" --profile app --json \
    -- -c 'echo running; sleep 300' >"$work/signal.json" 2>"$work/signal.txt" &
  pid=$!
  for _ in $(seq 300); do if grep -q running "$work/signal.txt"; then break; fi; sleep 0.1; done
  kill -s "$signal" "$pid"
  status=0
  wait "$pid" || status=$?
  [ "$status" -eq 130 ] || { cat "$work/signal.json" >&2; fail "exit code $status after $signal"; }
  [ -z "$(podman ps --all --quiet)" ] || fail "$signal left a container"
  [ "$(field bundleId "$work/signal.json")" != null ] || fail "no bundle after $signal"
  "$ctl" evidence verify @last >/dev/null || fail "the bundle after $signal does not verify"
  [ "$("$ctl" evidence list --open)" = "no open action" ] || fail "$signal left an open action"
  export_last "signal-$signal"
  grep -q '"status":"canceled"' "$bin/exports/signal-$signal-agentplane/session-artifact.json" ||
    fail "a run that was interrupted is not canceled"
done

# --- what mounts.conf adds stands in no description of the container, and is found all the same
mkdir -p "$HOME/.config/containers" "$HOME/handed"
echo "key of the host" >"$HOME/handed/key"
echo "$HOME/handed:/run/secrets" >"$HOME/.config/containers/mounts.conf"
if "$ctl" agent-machine run --tool codex --repo "$repo" --profile app --json -- -c 'cat /run/secrets/key' \
  >"$work/added.json" 2>"$work/added.txt"; then
  fail "a mount that nobody planned was run with"
fi
rm "$HOME/.config/containers/mounts.conf"
[ "$(field reason "$work/added.json")" = launch-mismatch ] || fail "no launch-mismatch: $(field reason "$work/added.json")"
if grep -q "key of the host" "$work/added.txt"; then fail "the tool read what mounts.conf added"; fi
[ -z "$(podman ps --all --quiet)" ] || fail "a container with another mount was left"

# --- shell, through a real terminal
secret="gh""p_$(LC_ALL=C tr -dc 'A-Za-z0-9' </dev/urandom | head -c 36 || true)"
session=agent-machine-$$
tmux -L "$session" -f /dev/null new-session -d -s s -x 100 -y 30 \
  "'$ctl' agent-machine shell --repo '$repo' --profile app; echo \"ended \$?\"; sleep 600"
screen() { tmux -L "$session" capture-pane -p -t s; }
wait_for() {
  for _ in $(seq 300); do
    if screen | grep -q "$1"; then return 0; fi
    sleep 0.2
  done
  screen >&2
  fail "the terminal never showed: $1"
}
wait_for '[$#] *$'
podman ps --format '{{.Labels}}' | grep -q operator-terminal || fail "the session's class is not on the container"
tmux -L "$session" send-keys -t s "cat in.txt" Enter
wait_for "hello from the host"
tmux -L "$session" send-keys -t s "printf 'made in%s\n' side; echo typed-$secret" Enter
wait_for "made inside"
tmux -L "$session" resize-window -t s -x 120 -y 40
tmux -L "$session" send-keys -t s "exit 5" Enter
wait_for "ended 5"
tmux -L "$session" kill-server
export_last shell
has shell-agentplane/session-artifact.json
"$ctl" evidence show @last session/transcript.cast >"$work/cast"
grep -q "made inside" "$work/cast" || fail "the transcript lacks what was written"
if grep -rq "$secret" "$work/cast" "$HOME/.local/state/sourceos"; then fail "the secret is in the evidence"; fi
grep -q REDACTED- "$work/cast" || fail "nothing is masked in the transcript"
grep -q '"r", "120x40"' "$work/cast" || fail "the transcript lacks the change of size"
[ "$(grep -c '"o"' "$work/cast")" -ge 3 ] || fail "the transcript has lost when things were written: $(cat "$work/cast")"
[ -z "$(podman ps --all --quiet)" ] || fail "the shell left a container"

# --- the same with --json: the session on the terminal, standard output for the one document
tmux -L "$session" -f /dev/null new-session -d -s s -x 100 -y 30 \
  "'$ctl' agent-machine shell --repo '$repo' --profile app --json >'$work/shell.json'; echo \"ended \$?\"; sleep 600"
wait_for '[$#] *$'
tmux -L "$session" send-keys -t s "printf 'shown on the %s\n' terminal; exit 3" Enter
wait_for "shown on the terminal"
wait_for "ended 3"
tmux -L "$session" kill-server
{ [ "$(head -1 "$work/shell.json")" = "{" ] && grep -q '^  "started": true' "$work/shell.json" &&
  grep -q '^  "exitCode": 3' "$work/shell.json"; } || fail "--json did not leave one document: $(cat "$work/shell.json")"

# --- a terminal that goes away takes the container with it, not the evidence
tmux -L "$session" -f /dev/null new-session -d -s s -x 100 -y 30 "'$ctl' agent-machine shell --repo '$repo' --profile app"
wait_for '[$#] *$'
tmux -L "$session" kill-server
for _ in $(seq 300); do
  if [ "$("$ctl" evidence list --open)" = "no open action" ]; then break; fi
  sleep 0.2
done
[ -z "$(podman ps --all --quiet)" ] || fail "a terminal that went away left a container"
[ "$("$ctl" evidence list --open)" = "no open action" ] || fail "a terminal that went away left an open action"
"$ctl" evidence verify @last >/dev/null || fail "the bundle of that session does not verify"

# --- the same host, the same fingerprint
"$ctl" agent-machine fingerprint --profile app --quiet >"$work/a.json"
"$ctl" agent-machine fingerprint --profile app --quiet >"$work/b.json"
[ "$(field fingerprintHash "$work/a.json")" = "$(field fingerprintHash "$work/b.json")" ] || fail "two fingerprints differ"
"$ctl" agent-machine doctor --profile app --repo "$repo" >"$work/doctor.txt" || { cat "$work/doctor.txt" >&2; fail "not ready"; }
export_last doctor
has doctor-agentplane/validation-artifact.json
"$ctl" agent-machine mounts init --profile app --execute --policy-ok >/dev/null
export_last mounts-init
has mounts-init-agentplane/agent-machine-mount-evidence.json
echo "shell, run, refusals, race and evidence agree on a real rootless Podman"
