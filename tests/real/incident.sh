#!/usr/bin/env bash
# The node-commander incident, replayed on a Mac made of files: a root-owned job for every user with
# KeepAlive, whose script in the Nix store runs a remote image with a helper that needs a person, on a
# stopped machine. From the first look to a host on which nothing can start by itself, then to the
# agent as it was declared; every bundle verifies, and no planted secret is anywhere.
# Twice: as new systems answer with an XML property list, and as old ones do with a binary one.
#
# usage: incident.sh BIN
set -euo pipefail
bin=$(cd "${1:?usage: incident.sh BIN}" && pwd)
top=$(cd "$(dirname "$0")/../.." && pwd)
sample=$top/samples/incidents/node-commander
work=$(mktemp -d)
cleanup() {
  for file in "$work"/*/launchd/pids/*; do [ ! -e "$file" ] || kill "$(cat "$file")" 2>/dev/null || true; done
  chmod -R u+rwx "$work" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
chmod 755 "$work"

[ -x /usr/bin/python3 ] || { echo "SKIPPED: the stand-in launchd reads property lists with python3" >&2; exit 77; }
label=org.socioprophet.node-commander
source_image=us-central1-docker.pkg.dev/socioprophet-web/node-commander/node-commander:dev-boot
# Root's files must be beyond the account that types: root lends itself another one.
become=()
if [ "$(id -u)" -eq 0 ]; then become=(setpriv --reuid 65534 --regid 65534 --clear-groups --); fi

say() { echo "--- $form: $*"; }
fail() { echo "FAILED: $form: $*" >&2; exit 1; }
account() { # COMMAND...: as the operator of the Mac
  (cd "$HOME" && exec "${become[@]}" env -i PATH="$mac/bin:/usr/bin:/bin" HOME="$HOME" LANG=C.UTF-8 \
    SOURCEOS_TEST_SEAMS=1 SOURCEOS_HOST_OS=macos SOURCEOS_HOST_ARCH=arm64 SOURCEOS_ROOT="$mac/root" \
    SOURCEOS_UID=501 "$@")
}
# expect CODE NAME COMMAND...: the answer as JSON is in said/NAME.json, as text in said/NAME.txt.
expect() {
  local code=$1 name=$2 got=0
  shift 2
  account "$@" --json >"$mac/said/$name.json" 2>"$mac/said/$name.err" || got=$?
  [ "$got" -eq "$code" ] || fail "expected exit $code, there is $got: $* ($(cat "$mac/said/$name.json" "$mac/said/$name.err"))"
}
field() { # NAME PATH: a value of said/NAME.json
  /usr/bin/python3 - "$mac/said/$1.json" "$2" <<'EOT'
import json, sys
value = json.load(open(sys.argv[1]))
for part in sys.argv[2].split("."):
    value = [each[part] for each in value] if isinstance(value, list) and not part.isdigit() else value[int(part) if part.isdigit() else part]
print("\n".join(map(str, value)) if isinstance(value, list) else value)
EOT
}
has() { grep -qxF -- "$3" <<<"$(field "$1" "$2")" || fail "$1: no '$3' in $2: $(field "$1" "$2")"; }
names() { grep -q -- "$3" <<<"$(field "$1" "$2")" || fail "$1: no '$3' in $2: $(field "$1" "$2")"; }
loaded() { ls "$mac/launchd/loaded"; }
at_next_login() { # what would run again, on a launchd that has just been started
  local copy=$mac/next-login
  rm -rf "$copy" && mkdir -p "$copy"
  cp -R "$mac/launchd" "$copy/launchd" && cp -R "$mac/root" "$copy/root" && cp -R "$mac/bin" "$copy/bin"
  rm -f "$copy"/launchd/loaded/*
  "$copy/bin/launchctl" login "$HOME"
  for file in "$copy"/launchd/pids/*; do [ ! -e "$file" ] || kill "$(cat "$file")" 2>/dev/null || true; done
}

make_mac() {
  mac=$work/$form
  HOME=$mac/home
  mkdir -p "$mac"/{said,bin,launchd/loaded,launchd/disabled,launchd/runs,launchd/pids,podman,root/Library/LaunchAgents} \
    "$HOME"/{.docker,.config/containers,Library/Logs/SocioProphet,Library/LaunchAgents} \
    "$HOME/Library/Application Support/SourceOS/local-agents"
  bash "$sample/make.sh" "$mac/incident" 600
  local host=$mac/incident/host store=/nix/store/0q2yk5m1h7a8w3d9s4j6n0v1x2c5b8z7-node-commander/bin
  find "$host" -type f -exec sed -i -e "s|org.example.node-commander|$label|g" \
    -e "s|registry.example/tools/node-commander:latest|$source_image|g" -e "s|gcr.example|us-central1-docker.pkg.dev|g" {} +
  cp "$sample"/tools/* "$mac/bin/"
  cp "$bin/sourceos" "$mac/bin/sourceos-agent" && ln "$mac/bin/sourceos-agent" "$mac/bin/sourceosctl" &&
    ln "$mac/bin/sourceos-agent" "$mac/bin/sourceos"
  # --- what is on it
  mkdir -p "$mac/root$store"
  cp "$host/wrapper/node-commander" "$mac/root$store/" && chmod 755 "$mac/root$store/node-commander"
  plist=$mac/root/Library/LaunchAgents/$label.plist
  cp "$host/LaunchAgents/org.example.node-commander.plist" "$plist"
  if [ "$form" = old ]; then
    /usr/bin/python3 - "$plist" <<'EOT'
import plistlib, sys
job = plistlib.load(open(sys.argv[1], "rb"))
plistlib.dump(job, open(sys.argv[1], "wb"), fmt=plistlib.FMT_BINARY)
EOT
  fi
  cp "$host/docker/config.json" "$HOME/.docker/" && cp "$host/containers/auth.json" "$HOME/.config/containers/"
  cp "$host/logs/node-commander.log" "$HOME/Library/Logs/SocioProphet/"
  cp "$top/samples/declarations/node-commander.json" "$HOME/Library/Application Support/SourceOS/local-agents/"
  cp "$host/podman/machine-list.json" "$mac/podman/machines.json"
  cp "$top/samples/hosts/macos-restart-storm/connections.json" "$mac/podman/"
  sed -e 's/"Name": "node-commander",/"Id": "5f1c9a3b7e2d", &\n    "HostConfig": {"AutoRemove": true},/' \
    -e 's/"exited"/"running"/' -e 's/"Labels": {/& "ai.srcos.owner": "@OWNER@",/' \
    "$host/podman/inspect.json" >"$mac/podman/container.json"
  tail -40 "$host/logs/node-commander.log" >"$mac/podman/container.log"
  echo stopped >"$mac/podman/machine"
  # --- and loaded, as it was at the last login, 4,127 starts ago
  echo "$form" >"$mac/launchd/form"
  echo "$plist" >"$mac/launchd/loaded/$label"
  echo 4127 >"$mac/launchd/runs/$label"
  chmod -R go-w "$mac"
  if [ "$(id -u)" -eq 0 ]; then
    chown -R 65534:65534 "$HOME" "$mac/launchd" "$mac/podman"
  else
    chmod 555 "$mac/root/Library/LaunchAgents"
  fi
}

replay() {
  local agent=sourceos-agent quarantine

  say "preflight: the stopped machine is one failure, what depends on it is skipped"
  expect 1 preflight "$agent" preflight node-commander
  has preflight reason machine-stopped
  [ "$(field preflight checks.status | sed -n '4,9p;13p' | tr '\n' ' ')" = "pass pass pass fail skip skip skip " ] ||
    fail "checks 4 to 9 and 13: $(field preflight checks.status)"
  has preflight checks.reason legacy-system-plist
  [ "$(field preflight persistence.allowed)" = False ] || fail "it may be installed"

  say "doctor reports every part of it"
  expect 1 doctor "$agent" doctor node-commander
  for rule in launchd-root-user-agent launchd-keepalive-true tmp-product-log direct-google-artifact-runtime \
    ambient-gcloud-helper raw-podman-run-persistence opaque-nix-store-target excessive-run-count; do
    has doctor findings.ruleId "$rule"
  done
  has doctor preflight.checks.reason machine-stopped
  [ "$(id -u)" -ne 0 ] || names doctor findings.message 'belongs to root' 
  names doctor auth.files.credHelpers gcloud
  expect 1 local-runtime sourceos doctor local-runtime
  has local-runtime findings.ruleId launchd-keepalive-true
  expect 0 status "$agent" status node-commander
  has status next "sourceos-agent quarantine node-commander"
  names status drift.detail 'has another definition under this label'
  account "$agent" status node-commander >"$mac/said/status.txt"

  say "install, start, restart and activate put nothing into service"
  : >"$mac/launchd/calls"
  expect 1 install "$agent" install node-commander
  has install reason machine-stopped
  [ -d "$(field install stagingDir | sed "s|^\$HOME|$HOME|")" ] || fail "nothing was staged"
  expect 1 start "$agent" start node-commander
  has start reason not-installed
  expect 1 restart "$agent" restart node-commander
  expect 1 activate "$agent" activate --declaration \
    "$HOME/Library/Application Support/SourceOS/local-agents/node-commander.json"
  has activate agents.result staged
  has activate agents.reason machine-stopped
  [ -z "$(ls "$HOME/Library/LaunchAgents")" ] || fail "something was installed"
  ! grep -qE '^(enable|bootstrap|kickstart|bootout|disable)' "$mac/launchd/calls" || fail "launchd was told something"

  say "a dry run of quarantine changes nothing"
  expect 0 planned "$agent" quarantine node-commander --dry-run
  [ "$(loaded)" = "$label" ] || fail "a dry run stopped it"
  [ ! -d "$HOME/Desktop" ] || fail "a dry run wrote something"

  say "quarantine: unloaded, disabled, and what only root can move is named with its command"
  expect 3 quarantine "$agent" quarantine node-commander
  [ -z "$(loaded)" ] || fail "still loaded: $(loaded)"
  [ -z "$(at_next_login)" ] || fail "the next login starts: $(at_next_login)"
  has quarantine reason quarantine-incomplete
  names quarantine byHand "^sudo rm .*$label.plist"
  quarantine=$(echo "$HOME"/Desktop/sourceos-quarantine/node-commander-*)
  [ "$(field quarantine quarantine.steps.n | tr '\n' ' ')" = "1 2 3 4 5 6 7 8 9 10 11 " ] || fail "not eleven steps"
  [ "$(stat -c %a "$quarantine")" = 700 ] || fail "mode of the directory"
  for file in service-stop.json service-disable.json legacy-service.plist.disabled node-commander.log log-scan.json \
    service-status.json service-disabled-overrides.json podman-info.json podman-machines.json \
    podman-connections.json auth-redacted.json manifest.json remediation.md freeze.json; do
    [ -s "$quarantine/$file" ] || fail "no $file"
  done
  grep -q "sudo rm" "$quarantine/remediation.md" || fail "remediation.md does not say what is left"

  say "the operator follows it, and a second quarantine finds nothing left"
  [ "$(id -u)" -eq 0 ] || chmod 755 "$mac/root/Library/LaunchAgents"
  rm "$plist"
  expect 0 second "$agent" quarantine node-commander
  [ -z "$(field second residual)" ] || fail "left: $(field second residual)"
  [ "$(ls -d "$HOME"/Desktop/sourceos-quarantine/node-commander-* | wc -l)" -eq 2 ] || fail "not two directories"
  [ -z "$(at_next_login)" ] || fail "the next login starts: $(at_next_login)"
  expect 0 after "$agent" status node-commander
  has after state quarantined

  say "with its machine and its image it comes back as it was declared"
  account podman machine start
  : >"$mac/podman/image" && chmod 644 "$mac/podman/image"
  expect 0 back "$agent" install node-commander
  expect 0 started "$agent" start node-commander
  expect 0 running "$agent" status node-commander
  has running state running
  grep -q 'SuccessfulExit\|<key>KeepAlive</key>' "$HOME/Library/LaunchAgents/$label.plist" || fail "no KeepAlive key"
  expect 0 logs "$agent" logs node-commander
  expect 0 healthy "$agent" doctor node-commander
  expect 0 gone "$agent" uninstall node-commander
  [ -z "$(loaded)$(at_next_login)" ] || fail "something would start again"
  expect 0 absent "$agent" status node-commander
  has absent state absent
}

look_everywhere() {
  say "every bundle verifies, and no secret is in one or was printed"
  account sourceosctl evidence list --json >"$mac/said/list.json"
  field list bundles.id >"$mac/ids"
  [ "$(wc -l <"$mac/ids")" -ge 16 ] || fail "only $(wc -l <"$mac/ids") bundles"
  while read -r id; do
    account sourceosctl evidence verify "$id" --allow-test-seams >>"$mac/said/verify.txt" || fail "$id does not verify"
    account sourceosctl evidence export "$id" --output "$HOME/out.tar" >/dev/null
    mkdir -p "$mac/open" && tar -xf "$HOME/out.tar" -C "$mac/open" && rm -f "$HOME/out.tar"
  done <"$mac/ids"
  find "$mac/open" -type f -exec sh -c 'zstd -dcq "$1" >"$1.plain" 2>/dev/null || true' sh {} \;
  # Only the originals that quarantine holds, the sources themselves and the stand-ins have them.
  if grep -rlFf "$mac/incident/secrets.txt" "$mac/said" "$mac/open" "$HOME/Desktop" \
    "$HOME/Library/Application Support" | grep -v "/held/"; then
    fail "a secret is in the files above"
  fi
  if grep -rlFf "$mac/incident/secrets.txt" "$mac/open" >/dev/null; then fail "a secret is in a bundle"; fi
}

for form in new old; do
  make_mac
  replay
  look_everywhere
done
echo "the incident was seen, staged, quarantined and repaired, on old systems and new ones"
