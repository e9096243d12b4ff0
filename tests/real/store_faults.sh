#!/usr/bin/env bash
# A command that is killed, fails or runs out of disk at any write, fsync or rename of the store: the
# store stays whole, nothing that was reported as done is lost, and the next command simply works.
#
# usage: store_faults.sh BIN
set -euo pipefail
ctl=$(cd "${1:?usage: store_faults.sh BIN}" && pwd)/sourceosctl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME=$work/home SOURCEOS_TEST_SEAMS=1
mkdir -p "$HOME"
die() { echo "FAILED: $point:$kind: $*" >&2 && exit 1; }

seq -f 'line %.0f of an ordinary log' 1 2000 >"$work/a.log"
turn=0
reported=$work/reported # ids of bundles that a command said it made
: >"$reported"

collect() { # exit code of the command; remembers what it reported
  local status=0
  turn=$((turn + 1)) && echo "turn $turn" >>"$work/a.log" # a layer that is in the store already is not written
  "$ctl" evidence collect --preset minimal --path "$work/a.log" --json --quiet >"$work/answer.json" 2>"$work/answer.err" || status=$?
  if [ "$status" -eq 0 ]; then grep -o '"bundleId": *"sha256:[0-9a-f]*"' "$work/answer.json" | grep -o 'sha256:[0-9a-f]*' >>"$reported"; fi
  return "$status"
}

whole() {
  SOURCEOS_FAULT='' collect || die "the next command fails: $(cat "$work/answer.json")"
  "$ctl" evidence fsck --json >"$work/fsck.json" 2>/dev/null || die "fsck: $(cat "$work/fsck.json")"
  "$ctl" evidence log verify >/dev/null 2>&1 || die "the log does not verify"
  "$ctl" evidence list --all --json 2>/dev/null | grep -oE 'sha256:[0-9a-f]{64}' | sort -u >"$work/listed"
  local lost
  lost=$(sort -u "$reported" | comm -23 - "$work/listed")
  [ -z "$lost" ] || die "reported and lost: $lost"
  [ -z "$(find "$HOME"/.local/state/sourceos/test/evidence/tmp -mindepth 1 2>/dev/null)" ] || die "tmp holds leftovers"
}

point=none kind=none
whole
count=0
# A leaf is appended: it has no rename.
for point in store.{blob,index,record,checkpoint,heads}.{write,fsync,rename} store.leaf.{write,fsync}; do
  for kind in crash error enospc; do
    status=0
    SOURCEOS_FAULT=$point:$kind collect || status=$?
    case $kind:$status in
    crash:137) ;;
    # The cache of recent bundles is rebuilt when it cannot be written.
    error:[1-4] | enospc:[1-4]) [[ $point == store.heads.* ]] && die "a cache that fails is no failure" ;;
    error:0 | enospc:0) [[ $point == store.heads.* ]] || die "nobody noticed" ;;
    *) die "exit $status: $(cat "$work/answer.json" "$work/answer.err")" ;;
    esac
    if [ "$status" -ge 1 ] && [ "$status" -le 4 ]; then
      grep -q '"reason": *"[a-z-]*"' "$work/answer.json" || die "no reason: $(cat "$work/answer.json")"
    fi
    whole
    count=$((count + 1))
  done
done
"$ctl" evidence list --all --json 2>/dev/null | grep -oE 'sha256:[0-9a-f]{64}' | sort -u |
  xargs "$ctl" evidence verify --allow-test-seams >"$work/verdicts" 2>&1 || die "not all bundles verify: $(tail -5 "$work/verdicts")"
echo "$count faults: the store stayed whole, $(sort -u "$reported" | wc -l) reported bundles are there and verify"
