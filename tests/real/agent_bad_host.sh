#!/usr/bin/env bash
# What acts on agents, on a host that is in a bad way: a Podman that hangs, disks without room for the
# definition, the launcher, the notes, the quarantine or the bundle, TERM and KILL in the middle, a second
# command at the same time. Bounded, with the right exit code, a bundle that says what was, and
# nothing half installed.
#
# usage: agent_bad_host.sh BIN
set -euo pipefail
bin=$(cd "${1:?usage: agent_bad_host.sh BIN}" && pwd)
work=$(mktemp -d)
cleanup() {
  for mount in "$work"/*/full; do if mountpoint -q "$mount"; then umount "$mount"; fi; done
  rm -rf "$work"
}
trap cleanup EXIT
chmod 755 "$work"
unit=sourceos-agent@sample.service
fail() { echo "FAILED: $case_name: $*" >&2; exit 1; }

# A home of its own, and a systemd in files: what is enabled and what is active.
fresh() {
  case_name=$1
  HOME=$work/$1/home
  tools=$work/$1/bin
  units=$HOME/.config/systemd/user
  mkdir -p "$HOME/.config/sourceos/local-agents" "$HOME/.local/share" "$HOME/.local/state" "$tools"
  cat >"$HOME/.config/sourceos/local-agents/sample.json" <<'EOT'
{ "schemaVersion": "sourceos.local-agent.v1", "name": "sample", "image": "localhost/sample:1",
  "lifecycle": { "startupTimeoutSeconds": 2, "shutdownTimeoutSeconds": 1 } }
EOT
  cat >"$tools/systemctl" <<'EOT'
#!/bin/sh
here=$(dirname "$0")
case $2 in
show)
  [ -e "$here/active" ] && active=active || active=inactive
  [ -e "$here/enabled" ] && enabled=enabled || enabled=disabled
  printf 'LoadState=loaded\nActiveState=%s\nSubState=x\nUnitFileState=%s\n' "$active" "$enabled"
  ;;
enable | disable) [ "$2" = enable ] && : >"$here/enabled" || rm -f "$here/enabled" ;;
start | stop) [ "$2" = start ] && : >"$here/active" || rm -f "$here/active" ;;
kill) rm -f "$here/active" ;;
esac
EOT
  cat >"$tools/podman" <<'EOT'
#!/bin/sh
here=$(dirname "$0")
[ ! -e "$here/hangs" ] || { echo "$*" >>"$here/hung"; exec sleep 1000; }
case "$1 $2" in
"--version ") echo "podman version 5.2.1" ;;
"container inspect") [ -e "$here/active" ] && echo '[{"Id": "cafe", "State": {"Status": "running"}}]' ;;
"info --format") echo '{}' ;;
esac
EOT
  printf '#!/bin/sh\nexit 1\n' >"$tools/systemd-analyze"
  chmod 755 "$tools"/*
}
run() { # NAME COMMAND...: into $answer
  local name=$1
  shift
  answer=$work/$case_name/$name.json
  code=0
  env -i PATH="$tools:/usr/bin:/bin" HOME="$HOME" XDG_RUNTIME_DIR="$work/$case_name" SOURCEOS_TEST_SEAMS=1 \
    SOURCEOS_FAULT="${fault-}" "$bin/sourceos-agent" "$@" --json >"$answer" 2>"$answer.err" || code=$?
}
is() { # FIELD VALUE
  grep -q "\"$1\": \"\{0,1\}$2" "$answer" || fail "expected $1 $2: $(cat "$answer" "$answer.err")"
}
ends() { # CODE REASON
  [ "$code" -eq "$1" ] || fail "expected exit $1, there is $code: $(cat "$answer" "$answer.err")"
  [ "$2" = - ] || is reason "$2"
}
has_bundle() { # MODE of the last bundle
  env -i PATH="$tools:/usr/bin:/bin" HOME="$HOME" SOURCEOS_TEST_SEAMS=1 "$bin/sourceosctl" evidence verify \
    @last --allow-test-seams >"$work/verify" 2>&1 || fail "the bundle does not verify: $(cat "$work/verify")"
  is bundleId sha256:
}
out_of_service() {
  [ ! -e "$tools/enabled" ] || fail "it is enabled"
  [ ! -e "$tools/active" ] || fail "it runs"
}
not_installed() {
  [ ! -e "$units/$unit" ] || fail "a unit is left"
  [ ! -e "$HOME/.local/share/sourceos/agents/sample/launch" ] || fail "a launcher is left"
  out_of_service
}
full_at() { # DIRECTORY: without a byte of room
  mkdir -p "$work/$case_name/full" "$(dirname "$1")"
  mount -t tmpfs -o size=64k,mode=700 tmpfs "$work/$case_name/full" 2>/dev/null || return 1
  head -c 100000 /dev/zero >"$work/$case_name/full/filler" 2>/dev/null || true
  mkdir -p "$1" && mount --bind "$work/$case_name/full" "$1" 2>/dev/null || return 1
}
empty_again() { rm -f "$work/$case_name/full/filler"; }

# --- a Podman that hangs
fresh hangs_from_the_start
: >"$tools/hangs"
run preflight preflight sample
ends 1 probe-timeout
[ "$(wc -l <"$tools/hung")" -eq 1 ] || fail "it was asked again: $(cat "$tools/hung")"
has_bundle
run install install sample
ends 1 probe-timeout
not_installed
has_bundle

fresh hangs_later
run install install sample
ends 0 -
run start start sample
ends 0 -
: >"$tools/hangs"
for command in status doctor; do
  : >"$tools/hung"
  run "$command" "$command" sample
  [ "$(wc -l <"$tools/hung")" -le 2 ] || fail "$command waited again and again: $(cat "$tools/hung")"
  has_bundle
done
run restart restart sample
ends 1 probe-timeout
[ -e "$tools/active" ] || fail "a restart that may not start has stopped it"
: >"$tools/hung"
run quarantine quarantine sample
ends 0 -
[ "$(wc -l <"$tools/hung")" -le 2 ] || fail "it was waited for again and again: $(cat "$tools/hung")"
not_installed_but_launcher() { [ ! -e "$units/$unit" ] || fail "a unit is left"; out_of_service; }
not_installed_but_launcher
has_bundle

# --- a Podman that prints what is no text
fresh garbage
run install install sample
ends 0 -
printf '#!/bin/sh\nprintf "\\377\\000\\200 no text\\n"; printf "\\376" >&2;\n' >"$tools/podman"
for command in preflight doctor start restart install "activate --declarations $HOME/.config/sourceos/local-agents"; do
  # shellcheck disable=SC2086
  run garbage $command $(case $command in activate*) ;; *) echo sample ;; esac)
  ends 1 podman-version
done
run status status sample
ends 0 -
is next "podman --version"
run stop stop sample
ends 0 -
run quarantine quarantine sample
ends 0 -
has_bundle

# --- no room
if [ "$(id -u)" -eq 0 ]; then
  for place in .config/systemd/user .local/share/sourceos .local/state/sourceos/agents; do
    fresh "full_$(basename "$place")"
    full_at "$HOME/$place" || { echo "no mount here: skipped" && break; }
    run install install sample
    ends 4 no-space
    not_installed
    has_bundle
    empty_again
    run again install sample
    ends 0 -
    umount "$HOME/$place"
  done

  fresh full_quarantine
  run install install sample
  run start start sample
  if full_at "$HOME/elsewhere"; then
    run quarantine quarantine sample --output "$HOME/elsewhere"
    ends 3 quarantine-incomplete
    [ ! -e "$units/$unit" ] || fail "a unit is left"
    out_of_service
    has_bundle
    umount "$HOME/elsewhere"
  fi
fi

# --- a bundle that cannot be written: before it acts nothing is done, afterwards it is taken back
fresh no_store
: >"$HOME/.local/state/sourceos"
run install install sample
ends 1 evidence-unavailable
not_installed
fresh no_bundle
run install install sample
fault=store.index.write:enospc
run start start sample
unset fault
ends 3 evidence-incomplete
out_of_service
run status status sample
ends 0 -
grep -q 'earlier command began' "$answer.err" || fail "the next command does not tell: $(cat "$answer.err")"

# --- killed in the middle: status tells, and the next command undoes it
fresh killed
fault=install.definition.after:crash
run install install sample
unset fault
[ "$code" -eq 137 ] || fail "not killed: $code"
run status status sample
ends 0 -
is next "sourceos-agent install sample"
grep -q '"reason": "unfinished"' "$answer" || fail "status does not tell: $(cat "$answer")"
run stop stop sample
ends 0 -
not_installed
run install install sample
ends 0 -
fault=start.after:crash
run start start sample
unset fault
[ -e "$tools/enabled" ] || fail "not killed in its middle"
run install install sample
ends 0 -
out_of_service

# --- TERM in the middle of a start
fresh term
sed -i 's/"startupTimeoutSeconds": 2/"startupTimeoutSeconds": 60/' "$HOME/.config/sourceos/local-agents/sample.json"
sed -i 's/"container inspect") .*/"container inspect") exit 125 ;;/' "$tools/podman"
run install install sample
ends 0 -
answer=$work/term/start.json
env -i PATH="$tools:/usr/bin:/bin" HOME="$HOME" SOURCEOS_TEST_SEAMS=1 "$bin/sourceos-agent" start sample --json \
  >"$answer" 2>"$answer.err" &
starting=$!
for _ in $(seq 300); do [ ! -e "$tools/active" ] || break; sleep 0.1; done
# --- meanwhile another command waits for its turn, and is refused
run locked stop sample
ends 1 locked
kill -TERM "$starting"
code=0
wait "$starting" || code=$?
answer=$work/term/start.json
ends 130 interrupted
out_of_service
has_bundle
echo "a bad host costs an agent its service, never an operator the truth"
