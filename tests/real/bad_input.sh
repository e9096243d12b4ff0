#!/usr/bin/env bash
# Bad input of every kind: a clear message with the next step, a stable reason, the right exit code,
# and nothing left half done.
#
# usage: bad_input.sh BIN [CASE]
set -euo pipefail

ctl=$(cd "${1:?usage: bad_input.sh BIN [CASE]}" && pwd)/sourceosctl
work=$(mktemp -d)
cleanup() {
  chmod -R u+rwx "$work" 2>/dev/null || true
  mountpoint -q "$work/small" && umount "$work/small"
  rm -rf "$work"
}
trap cleanup EXIT
die() { echo "FAILED: $case_name: $*" >&2 && exit 1; }

fresh() { # a store and a configuration of its own
  export XDG_CONFIG_HOME=$work/$1/config XDG_STATE_HOME=$work/$1/state
  mkdir -p "$work/$1"
}
# expect CODE REASON COMMAND...: runs it with --json and looks at exit code and reason.
expect() {
  local code=$1 reason=$2 got=0
  shift 2
  "$@" --json >"$work/answer.json" 2>"$work/answer.err" || got=$?
  [ "$got" -eq "$code" ] || die "expected exit $code, there is $got: $* ($(cat "$work/answer.json" "$work/answer.err"))"
  [ "$reason" = - ] || grep -q "\"reason\": *\"$reason\"" "$work/answer.json" ||
    die "expected reason $reason: $(cat "$work/answer.json")"
}
whole() { # the store is whole and nothing is left in flight
  "$ctl" evidence fsck --json >"$work/fsck.json" || die "fsck: $(cat "$work/fsck.json")"
  local left
  left=$(find "$XDG_STATE_HOME"/sourceos/evidence/tmp -mindepth 1 2>/dev/null | head -3)
  [ -z "$left" ] || die "left behind: $left"
}
field() { # NAME: of the last answer
  node -e 'const v = process.argv[2].split(".").reduce((o, k) => o?.[k], JSON.parse(require("fs").readFileSync(process.argv[1]))); console.log(typeof v === "object" ? JSON.stringify(v) : v);' \
    "$work/answer.json" "$1"
}

# --- cases

missing_path() {
  # Nothing is collected for a path that was typed wrongly, and the next step is said.
  expect 1 input-missing "$ctl" evidence collect --preset minimal --path "$work/absent"
  grep -q '"next"' "$work/answer.json" || die "the next step is not said: $(cat "$work/answer.json")"
  expect 1 input-missing "$ctl" evidence verify "$work/absent"
  expect 1 input-missing "$ctl" redact "$work/absent"
}
unreadable_path() {
  mkdir "$work/tree" && echo x >"$work/tree/a" && echo y >"$work/tree/b" && chmod 000 "$work/tree/a"
  if [ "$(id -u)" -eq 0 ]; then # root reads everything; a user does not
    chmod 755 "$work" "$work/tree"
    expect 0 - "$ctl" evidence collect --preset minimal --path "$work/tree"
  else
    expect 0 - "$ctl" evidence collect --preset minimal --path "$work/tree"
    grep -q source-permission-denied "$work/answer.json" || die "the unreadable file is no finding"
  fi
  "$ctl" evidence verify @last >/dev/null
}
unknown_option() {
  expect 2 usage "$ctl" evidence collect --pth x
  grep -q -- --path "$work/answer.json" || die "no suggestion: $(cat "$work/answer.json")"
  expect 2 usage "$ctl" evidence colect
  expect 2 usage "$ctl" evidence collect --preset nothing
}
key_readable_by_others() {
  expect 0 - "$ctl" evidence collect --preset minimal
  chmod 644 "$XDG_CONFIG_HOME"/sourceos/keys/bundle.key
  expect 1 key-permissions "$ctl" evidence collect --preset minimal
  grep -q 'chmod' "$work/answer.json" || die "the next step is not said: $(cat "$work/answer.json")"
  whole
}
read_only_store() {
  expect 0 - "$ctl" evidence collect --preset minimal
  mkdir "$work/ro" && cp -a "$XDG_STATE_HOME" "$work/ro/state"
  mount --bind "$work/ro" "$work/ro" 2>/dev/null || { echo "no mount here: skipped"; return 0; }
  mount -o remount,ro,bind "$work/ro"
  local ok=0
  XDG_STATE_HOME=$work/ro/state expect 4 evidence-unavailable "$ctl" evidence collect --preset minimal || ok=1
  XDG_STATE_HOME=$work/ro/state expect 0 - "$ctl" evidence list || ok=1
  umount "$work/ro"
  return "$ok"
}
full_store() {
  mkdir "$work/small"
  mount -t tmpfs -o size=24m tmpfs "$work/small" 2>/dev/null || { echo "no mount here: skipped"; return 0; }
  mkdir -m 700 "$work/small/state"
  export XDG_STATE_HOME=$work/small/state
  expect 0 - "$ctl" evidence collect --preset minimal
  head -c 30000000 /dev/urandom >"$work/noise"
  expect 4 - "$ctl" evidence collect --preset minimal --path "$work/noise"
  whole
  expect 0 - "$ctl" evidence verify @last
  expect 0 - "$ctl" evidence collect --preset minimal
}
disk_full_anywhere() { # the disk ends at every place of a run: after each 4 KiB that a command writes
  mkdir "$work/small"
  mount -t tmpfs -o size=24m tmpfs "$work/small" 2>/dev/null || { echo "no mount here: skipped"; return 0; }
  mkdir -m 700 "$work/small/state"
  export XDG_STATE_HOME=$work/small/state
  expect 0 - "$ctl" evidence collect --preset minimal
  local free got failed=0
  for free in $(seq 0 4 240); do
    seq -f "line %.0f of run $free" 3000 >"$work/a.log"
    head -c 100000 /dev/urandom >>"$work/a.log" # does not compress: the pack needs its space
    rm -f "$work/small/filler"
    got=$(df --output=avail -k "$work/small" | tail -1)
    [ "$got" -gt "$free" ] && dd if=/dev/zero of="$work/small/filler" bs=1024 count=$((got - free)) status=none
    got=0
    "$ctl" evidence collect --preset minimal --path "$work/a.log" --json >"$work/answer.json" 2>/dev/null || got=$?
    rm -f "$work/small/filler"
    case $got in
    0) ;;
    3 | 4) failed=$((failed + 1)) && grep -q '"reason": *"[a-z]' "$work/answer.json" || die "no reason: $(cat "$work/answer.json")" ;;
    *) die "exit $got with $free KiB left: $(cat "$work/answer.json")" ;;
    esac
    whole
    expect 0 - "$ctl" evidence verify @last
    expect 0 - "$ctl" evidence gc --keep-last 1
  done
  [ "$failed" -gt 5 ] || die "the disk was full only $failed times"
  echo "the disk was full $failed times: the store stayed whole"
}
hanging_collector() {
  printf 'collectors = ["command"]\n[command]\nargv = ["/bin/sleep", "600"]\n[limits]\ntimeout_ms = 1500\n' >"$work/plan.toml"
  expect 3 - timeout 60 "$ctl" evidence collect --plan "$work/plan.toml" --allow-exec
  grep -q '"timeout"' "$work/answer.json" || die "no timeout in the answer"
  "$ctl" evidence verify @last >/dev/null
  whole
}
loud_collector() {
  expect 0 - "$ctl" evidence collect --preset minimal --exec -- /bin/sh -c 'head -c 50000000 /dev/zero | tr "\0" "x"'
  "$ctl" evidence verify @last >/dev/null
}
one_long_line() {
  head -c 104857600 /dev/zero | tr '\0' 'q' >"$work/long.log"
  expect 0 - "$ctl" evidence collect --preset minimal --path "$work/long.log"
  "$ctl" evidence verify @last >/dev/null
  "$ctl" redact <"$work/long.log" | cmp - "$work/long.log"
}
invalid_utf8() {
  mkdir "$work/tree"
  head -c 100000 /dev/urandom >"$work/tree/random.bin"
  printf 'name' >"$work/tree/$(printf 'bad\xff\xfename')"
  printf 'x' >"$work/tree/$(printf 'new\nline')"
  expect 0 - "$ctl" evidence collect --preset minimal --path "$work/tree"
  "$ctl" evidence verify @last >/dev/null
  "$ctl" evidence show @last >"$work/shown"
  LC_ALL=C grep -qP '[\xff\xfe]' "$work/shown" && die "raw bytes were shown"
  "$ctl" redact <"$work/tree/random.bin" >"$work/out.bin"
}
special_files() {
  mkdir "$work/tree"
  mkfifo "$work/tree/fifo"
  mknod "$work/tree/null" c 1 3 2>/dev/null || true
  ln -s /etc/passwd "$work/tree/link"
  echo x >"$work/tree/file"
  expect 0 - timeout 60 "$ctl" evidence collect --preset minimal --path "$work/tree"
  "$ctl" evidence show @last >"$work/shown"
  grep -q 'files/tree/file' "$work/shown" || die "the regular file is missing"
  grep -q 'root:' <("$ctl" evidence show @last --json) && die "a link was followed"
  "$ctl" evidence verify @last >/dev/null
  expect 1 - timeout 20 "$ctl" redact "$work/tree/fifo"
}
changing_directory() {
  mkdir "$work/tree"
  for i in $(seq 3000); do echo "$i" >"$work/tree/$i"; done
  (for i in $(seq 3000 -1 1); do rm -f "$work/tree/$i"; echo more >>"$work/tree/grow"; done) &
  local changer=$!
  local code=0
  "$ctl" evidence collect --preset minimal --path "$work/tree" --json >"$work/answer.json" || code=$?
  wait "$changer"
  [ "$code" -eq 0 ] || [ "$code" -eq 3 ] || die "exit $code"
  "$ctl" evidence verify @last >/dev/null
  whole
}
interrupt() {
  expect 0 - "$ctl" evidence collect --preset minimal
  # A shell starts background jobs with INT ignored, which the program respects.
  env --default-signal=INT "$ctl" evidence collect --preset minimal --exec -- /bin/sleep 30 >"$work/out" 2>&1 &
  local pid=$! code=0
  sleep 1
  kill -INT "$pid"
  wait "$pid" || code=$?
  [ "$code" -eq 130 ] || die "expected exit 130, there is $code"
  whole
  [ "$("$ctl" evidence list --json | grep -o '"seq"' | wc -l)" -eq 1 ] || die "half a bundle was kept"
}
killed() {
  expect 0 - "$ctl" evidence collect --preset minimal
  seq 1 3000000 >"$work/big.log"
  for delay in 0.05 0.1 0.2 0.4 0.8; do
    "$ctl" evidence collect --preset minimal --path "$work/big.log" >/dev/null 2>&1 &
    local pid=$!
    sleep "$delay"
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  expect 0 - "$ctl" evidence collect --preset minimal
  whole
  "$ctl" evidence log verify >/dev/null || die "the log does not verify"
}
broken_plan() {
  printf 'collectors = [' >"$work/plan.toml"
  expect 1 - "$ctl" evidence collect --plan "$work/plan.toml"
  printf 'collectors = ["logs"]\n[logs]\npaths = ["/etc/hostname"]\n' >"$work/plan.toml"
  expect 1 plan-path-not-allowed "$ctl" evidence collect --plan "$work/plan.toml"
  printf '[command]\nargv = ["/bin/true"]\n' >"$work/plan.toml"
  expect 1 plan-exec-not-allowed "$ctl" evidence collect --plan "$work/plan.toml"
}

cases=(missing_path unreadable_path unknown_option key_readable_by_others read_only_store full_store
  disk_full_anywhere hanging_collector loud_collector one_long_line invalid_utf8 special_files changing_directory interrupt
  killed broken_plan)
[ $# -lt 2 ] || cases=("$2")
for case_name in "${cases[@]}"; do
  (fresh "$case_name" && cd "$work/$case_name" && "$case_name")
  echo "$case_name: passed"
  cleanup && mkdir -p "$work"
done
